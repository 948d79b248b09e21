"""Laws of the list of projects: paging, searching, scope and filters."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from cast import DATONG, LINGQIU, PROVINCE, TAIYUAN, actor_for
from counting import assert_queries
from django.db import connection
from django.db.models import Q
from django.http import QueryDict
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from project_scene import OFFICER, PROVINCIAL, indicator, organisation, plan, project, regions

from backcast.web.core.actor import Actor, Grant, Route
from backcast.web.core.roles import Role
from backcast.web.plans.models import Plan
from backcast.web.projects import actions, columns, listing, paging, reach, search
from backcast.web.projects.filters import FilterForm
from backcast.web.projects.known import Known
from backcast.web.projects.models import Project, SearchEntry
from backcast.web.projects.unindexed import unindexed
from backcast.web.projects.views.library import filled

pytestmark = pytest.mark.django_db
within_one_test = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
DAY = date(2024, 1, 1)


def many(count: int, **fields: Callable[[int], Any]) -> list[Project]:
    """Make projects P000, P001, … in Lingqiu, with fields by their number, and index them."""
    where, of = regions()["140224"], plan()
    told = {"kind": "construction", "stage": "preparation", "lead_region": where, "plan": of}
    rows = [
        Project(code=f"P{i:03}", **{"name": f"项目{i}", **told, **{name: make(i) for name, make in fields.items()}})
        for i in range(count)
    ]
    made = Project.objects.bulk_create(rows)
    search.refresh()
    return made


def asked(actor: Actor = PROVINCIAL, /, **query: Any) -> set[str]:
    """Return the codes of the projects that somebody gets who asks so."""
    form = FilterForm(filled_of(query), actor=actor)
    assert form.is_valid(), form.errors
    wanted = listing.asked_for(actor, form.asked, form.known)
    return set(listing.chosen(wanted).values_list("code", flat=True))


def filled_of(query: dict[str, Any]) -> Any:
    """Return a query as a browser sends it."""
    made = QueryDict(mutable=True)
    for name, value in query.items():
        made.setlist(name, value if isinstance(value, list) else [str(value)])
    return filled(made)


# ---- Paging.


def walked(order: paging.Order, size: int) -> list[list[str]]:
    """Return the codes of all pages, going forwards."""
    rows, fields = Project.objects.order_by(), ["code", order.field]
    pages = [paging.page(rows, fields, order, size)]
    while pages[-1].after and len(pages) < 100:
        pages.append(paging.page(rows, fields, order, size, after=pages[-1].after))
    back = [pages[-1]]
    while back[-1].before and len(back) < 100:
        back.append(paging.page(rows, fields, order, size, before=back[-1].before))
    assert [code for page in reversed(back) for code in codes(page)] == [c for page in pages for c in codes(page)]
    return [codes(page) for page in pages]


def codes(page: paging.Page) -> list[str]:
    return [row["code"] for row in page.rows]


def in_order(order: paging.Order) -> list[str]:
    """Return all codes sorted by a field, rows without a value last."""
    rows = sorted(Project.objects.values_list(order.field, "code"), key=lambda row: row[1], reverse=order.descending)
    there = [row for row in rows if row[0] is not None]
    there.sort(key=lambda row: row[0], reverse=order.descending)
    return [code for _, code in [*there, *(row for row in rows if row[0] is None)]]


@within_one_test
@given(
    days=st.lists(st.none() | st.integers(0, 3), max_size=23),
    size=st.integers(1, 9),
    descending=st.booleans(),
)
def test_paging_visits_each_project_once_whatever_is_alike_or_missing(db, days, size, descending):
    Project.objects.all().delete()
    many(
        len(days),
        planned_finish=lambda i: None if days[i] is None else DAY + timedelta(days[i]),
        total_investment=lambda i: None if days[i] is None else Decimal(3333 * days[i]) / 10_000,
        physical_percent_complete=lambda i: days[i] and days[i] / 7,
        name=lambda i: f"同名{days[i]}",
    )
    for field in ("planned_finish", "total_investment", "physical_percent_complete", "name", "code"):
        order = paging.Order(field, descending)
        assert [code for page in walked(order, size) for code in page] == in_order(order)


@pytest.mark.parametrize("name", columns.SORTABLE)
def test_every_order_that_is_offered_visits_each_project_once(db, name):
    many(11, planned_start=lambda i: DAY if i % 3 else None)
    assert sorted(code for page in walked(paging.Order(name), 3) for code in page) == [f"P{i:03}" for i in range(11)]


def test_a_page_goes_on_after_a_project_that_is_gone(db):
    many(6)
    rows = Project.objects.all()
    first = paging.page(rows, ["code"], paging.Order("code"), 2)
    Project.objects.filter(code="P001").delete()
    assert codes(paging.page(rows, ["code"], paging.Order("code"), 2, after=first.after)) == ["P002", "P003"]


@pytest.mark.parametrize("cursor", ["", "x", "[]", '["NaN","P"]', "[1,2]", '["2024-99-01","P"]', '[null,"\\u0000"]'])
def test_a_cursor_that_cannot_be_read_begins_at_the_first_project(db, cursor):
    many(3, total_investment=Decimal)
    rows = Project.objects.all()
    assert (
        codes(paging.page(rows, ["code", "total_investment"], paging.Order("total_investment"), 9, after=cursor))[0]
        == "P000"
    )


def test_many_are_read_in_order_as_few_are_sorted(db, monkeypatch):
    many(9, planned_finish=lambda i: DAY + timedelta(i % 4) if i % 5 else None)
    order = paging.Order("planned_finish", descending=True)
    wanted = reach.scope(PROVINCIAL, Known.to(PROVINCIAL)) & Q(stage__in=["preparation"]) & search.found("项目")
    few, count = listing.page(wanted, order, ["code", "planned_finish"])
    monkeypatch.setattr(listing, "COUNTED", 4)
    some, at_least = listing.page(wanted, order, ["code", "planned_finish"])
    counted = listing.page(wanted, order, ["code", "planned_finish"], exactly=True)[1]
    assert codes(some) == codes(few)
    assert at_least == listing.Count(4, exact=False)
    assert count == counted == listing.Count(9, unknown=9)


@pytest.mark.parametrize(
    "query",
    [
        {"investment_from": 3000, "investment_to": "7000.5"},
        {"finish_from": "2024-01-02", "finish_to": "2024-01-04"},
        {"late": 1},
        {"due": 1},
        {"region": "140200", "stage": ["preparation"]},
        {"owner": "晋能", "sector": "energy", "kind": "construction"},
        {"tier": "city", "year": 2024, "indicator": "R1"},
        {"task": "T1", "q": "项目"},
    ],
)
def test_no_filter_finds_anything_else_when_many_are_read_in_order(db, query):
    of = plan()
    of.data_date = DAY + timedelta(3)
    of.save()
    task = of.tasks.create(code="T1", name="任务")
    made = many(
        9,
        total_investment=lambda i: Decimal(1000 * i),
        planned_finish=lambda i: DAY + timedelta(i),
        owner=lambda i: "晋能控股" if i % 2 else "",
        sector=lambda i: "energy" if i > 2 else "",
        task=lambda i: task if i < 6 else None,
    )
    for one in made[:4]:
        one.listings.create(year=2024, tier="city")
        one.outputs.create(indicator=indicator(), amount=1)
    form = FilterForm(filled_of(query), actor=PROVINCIAL)
    wanted = listing.asked_for(PROVINCIAL, form.asked, form.known)
    rows = unindexed(Project.objects.all(), wanted)
    assert set(rows.values_list("code", flat=True)) == asked(**query) != set()


# ---- Searching.

ALPHABET = "太原大同云5G a-（%_\\'\"é"


@within_one_test
@given(names=st.lists(st.text(ALPHABET, max_size=9), min_size=1, max_size=8), text=st.text(ALPHABET, max_size=4))
def test_searching_finds_what_comparing_every_text_finds(db, names, text):
    Project.objects.all().delete()
    many(len(names), name=lambda i: names[i] or "-", name_en=lambda i: names[-i], owner=lambda i: names[i // 2])
    folded = {p.code: [search.folded(getattr(p, f)) for f in search.FIELDS] for p in Project.objects.all()}
    words = search.folded(text).split()
    naive = {code for code, fields in folded.items() if all(any(word in f for f in fields) for word in words)}
    assert set(Project.objects.filter(search.found(text)).values_list("code", flat=True)) == naive


def test_a_name_of_two_characters_is_found_in_whatever_case_and_width(db):
    many(3, name=lambda i: ["太原市数据中心", "大同ＩＤＣ项目", "Datong Data Centre"][i])
    assert asked(q="太原") == {"P000"}
    assert asked(q="idc") == asked(q="IDC") == asked(q="大同 idc") == {"P001"}
    assert asked(q="DATA") == {"P002"}


def test_what_is_found_follows_every_action(db):
    made = project(name="旧名")
    search.refresh()
    actions.change(made, {"name": "太原新名"}, by=OFFICER, expected=1)
    assert asked(q="太原") == {made.code}
    assert asked(q="旧名") == set()


def test_an_added_project_is_found_at_once(db):
    given = {"code": "N1", "name": "云冈大数据", "kind": "construction", "lead_region": regions()["140224"]}
    actions.add(plan(), given, by=OFFICER, no_state_secret=True)
    assert asked(q="云冈") == {"N1"}


def test_projects_that_an_undone_import_removed_are_forgotten(db):
    gone = many(3)[1]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM projects_project WHERE id = %s", [gone.pk])
    search.refresh()
    assert SearchEntry.objects.count() == 2
    assert set(SearchEntry.objects.values_list("project__code", flat=True)) == {"P000", "P002"}
    assert "search entry" not in {r.related_model._meta.verbose_name for r in Project._meta.related_objects}


def test_of_projects_of_several_plans_those_of_one_are_chosen(as_plan_officer):
    project(code="A1")
    other = Plan.objects.create(code="OTHER", name="另一规划", starts=date(2021, 1, 1), ends=date(2025, 12, 31))
    Project.objects.filter(pk=project(code="A2").pk).update(plan=other)
    page = as_plan_officer.get("/projects/export/csv/?stage=preparation").content.decode()
    assert "These projects belong to several plans" in page
    assert 'href="?stage=preparation&amp;plan=OTHER"' in page
    file = b"".join(as_plan_officer.get("/projects/export/csv/?stage=preparation&plan=OTHER"))
    assert (b"A2" in file, b"A1" in file) == (True, False)


# ---- Scope and filters.

SOMEBODY = [
    Actor("x", Route.WEB, grants)
    for grants in (
        (),
        (Grant(Role.REVIEWER, "/"),),
        (Grant(Role.REVIEWER, PROVINCE),),
        (Grant(Role.REVIEWER, DATONG),),
        (Grant(Role.REPORTER, LINGQIU, "QY"),),
        (Grant(Role.OBSERVER, TAIYUAN),),
        (Grant(Role.BANK, "", "QY"), Grant(Role.REVIEWER, TAIYUAN)),
        (Grant(Role.AUDIT_OFFICER, "/"),),
    )
]


@pytest.mark.parametrize("actor", SOMEBODY, ids=lambda actor: str(actor.grants)[:60])
def test_the_list_shows_what_is_visible_and_nothing_else(db, actor):
    places = regions()
    codes_of = [*places, *places]
    owner = organisation()
    many(
        8,
        lead_region=lambda i: places[codes_of[i]],
        owner_organisation=lambda i: owner if i % 3 == 0 else None,
        confidentiality=lambda i: "work_secret" if i > 3 else "internal",
    )
    Project.objects.get(code="P001").shares.create(region=places["140224"], share=0.3)
    Project.objects.get(code="P007").shares.create(region=places["140100"], share=1)
    visible = set(Project.objects.visible_to(actor).values_list("code", flat=True))
    assert set(Project.objects.filter(reach.scope(actor, Known.to(actor))).values_list("code", flat=True)) == visible


def test_each_filter_keeps_what_it_names(db):
    places, of = regions(), plan()
    of.data_date = DAY
    of.save()
    many(
        6,
        lead_region=lambda i: places["140100" if i < 2 else "140224"],
        stage=lambda i: ["construction", "completed", "construction", "terminated", "reserve", "stopped"][i],
        planned_finish=lambda i: DAY + timedelta(30 * (i - 4)),
        actual_finish=lambda i: DAY if i == 1 else None,
        planned_start=lambda i: DAY - timedelta(400) if i % 2 else None,
        total_investment=lambda i: Decimal(1000 * i),
        sector=lambda i: "energy" if i == 2 else "",
        owner=lambda i: "晋能控股" if i == 3 else "",
    )
    Project.objects.get(code="P004").listings.create(year=2024, tier="city")
    Project.objects.get(code="P005").outputs.create(indicator=indicator(), amount=1)
    Project.objects.get(code="P000").shares.create(region=places["140224"], share=0.5)
    assert asked(late=1) == {"P000", "P002"}
    assert asked(due=1) == {"P004", "P005"}
    assert asked(region="140200") == {"P000", "P002", "P003", "P004", "P005"}
    assert asked(region="140224", late=1) == {"P000", "P002"}
    assert asked(stage=["stopped", "reserve"]) == {"P004", "P005"}
    assert asked(kind=["rollout"]) == set()
    assert asked(sector="energy") == {"P002"}
    assert asked(owner="晋能") == {"P003"}
    assert asked(tier="city", year=2024) == asked(year=2024) == {"P004"}
    assert asked(indicator="R1") == {"P005"}
    assert asked(investment_from=2000, investment_to=3000) == {"P002", "P003"}
    assert asked(start_to=DAY) == {"P001", "P003", "P005"}
    assert asked(finish_from=DAY) == {"P004", "P005"}


def test_a_task_brings_the_projects_of_those_below_it(db):
    above = plan().tasks.create(code="T1", name="任务")
    below = plan().tasks.create(code="T11", name="子任务", parent=above)
    many(3, task=lambda i: [above, below, None][i])
    assert asked(task="T1") == {"P000", "P001"}
    assert asked(task="T11") == {"P001"}
    assert asked(task="T9") == set()


def test_what_is_filtered_is_added_up_at_the_level_that_counts(db):
    above, *parts = many(4, total_investment=lambda i: [Decimal(90), Decimal("30.05"), Decimal(60), None][i])
    Project.objects.filter(pk__in=[one.pk for one in parts]).update(parent=above)
    Project.objects.filter(pk=above.pk).update(counts=False)
    count = listing.page(reach.scope(PROVINCIAL, Known.to(PROVINCIAL)), paging.Order("code"), ["code"])[1]
    assert count == listing.Count(4, investment=Decimal("90.05"), unknown=1)


# ---- The page.


def test_a_reviewer_of_datong_finds_its_late_projects_and_no_others(as_reviewer_datong: Client):
    places = regions()
    many(4, lead_region=lambda i: places["140224" if i < 2 else "140100"], planned_finish=lambda i: DAY)
    page = as_reviewer_datong.get("/projects/", {"late": "1", "region": "140200"}).content.decode()
    assert "P000" in page
    assert "P001" in page
    assert "P002" not in page
    assert "2 projects" in page


def test_more_are_counted_and_added_up_when_somebody_asks(as_plan_officer: Client, monkeypatch):
    monkeypatch.setattr(listing, "COUNTED", 2)
    many(3, total_investment=lambda i: Decimal(10_000))
    page = as_plan_officer.get("/projects/").content.decode()
    assert "More than 2 projects" in page
    assert "total investment" not in page
    assert 'href="?count=1"' in page
    assert "3 projects, total investment CNY 300 m" in as_plan_officer.get("/projects/?count=1").content.decode()


def test_a_part_of_the_page_has_the_same_address(as_plan_officer: Client):
    many(2)
    asked_by_htmx = {"HX-Request": "true", "HX-Target": "listing"}
    part = as_plan_officer.get("/projects/?q=项目1&region=&late=", headers=asked_by_htmx)
    assert part.content.decode().lstrip().startswith('<div id="listing"')
    assert part["HX-Push-Url"] == "/projects/?q=%E9%A1%B9%E7%9B%AE1"
    assert "HX-Target" in part["Vary"]


def test_what_cannot_be_read_is_told_at_its_field_and_asks_nothing(as_plan_officer: Client):
    many(1)
    page = as_plan_officer.get("/projects/?finish_from=PNS&region=999&investment_from=x").content.decode()
    assert page.count("errorlist") == 3
    assert "P000" in page


def test_nothing_found_says_which_filters_to_remove(as_plan_officer: Client):
    many(1)
    page = as_plan_officer.get("/projects/?q=nowhere&stage=stopped").content.decode()
    assert "No project matches" in page
    assert 'href="?q=nowhere"' in page
    assert 'href="?stage=stopped"' in page


def test_names_are_text_and_never_markup(as_plan_officer: Client):
    many(1, name=lambda i: "<b>坏</b>", name_en=lambda i: "<script>", owner=lambda i: '"><i>')
    page = as_plan_officer.get("/projects/?owner=%22").content.decode()
    assert "<b>坏" not in page
    assert "<script>" not in page.replace("<script src", "")
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("rows", [1, 60])
def test_a_page_makes_as_many_queries_for_many_rows_as_for_one(as_reviewer_datong: Client, rows: int):
    task = plan().tasks.create(code="T1", name="任务")
    for one in many(rows, task=lambda i: task, planned_finish=lambda i: DAY):
        one.listings.create(year=2024, tier="city")
        one.outputs.create(indicator=indicator(), amount=1)
    asked = "?region=140200&late=1&q=项目&stage=preparation&tier=city&indicator=R1&task=T1"
    part = {"HX-Target": "listing"}
    as_reviewer_datong.get("/projects/")  # reads what is remembered
    for address, headers, most in (
        ("", {}, 7),
        ("", part, 7),
        ("?sort=total_investment", part, 8),
        (asked, {}, 9),
        (asked, part, 9),
    ):
        with assert_queries(most):
            page = as_reviewer_datong.get(f"/projects/{address}", headers=headers).content.decode()
        assert "P000" in page


def test_actor_of_another_city_sees_none_of_them(db):
    many(2)
    assert asked(actor_for(Role.PROJECT_OFFICER, TAIYUAN)) == set()
