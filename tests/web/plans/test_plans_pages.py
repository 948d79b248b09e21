"""Pages of plans: what is read, what is edited in place, and who gets which."""

from __future__ import annotations

from datetime import date

import pytest
from counting import assert_queries
from django.urls import reverse
from django.utils import timezone
from plan_builders import END, MIDDLE, definition, shanxi, whole_plan

from backcast.web.plans.models import Definition, Indicator, Measure, Observation, Plan, Target, Task
from backcast.web.plans.views.finding import mark_of

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def plan() -> Plan:
    return whole_plan()


def address(name: str, *parts: object) -> str:
    return reverse(f"plans:{name}", args=["plan-2021", *parts])


def sent(form, **written: str) -> dict[str, str]:
    """What a browser sends of a form in which somebody wrote something."""
    data = {field.html_name: field.value() for field in form}
    data |= {field.html_initial_name: field.value() for field in form if field.field.show_hidden_initial}
    return {name: "" if value is None else str(value) for name, value in data.items()} | written


def filled(client, where: str, **written: str) -> dict[str, str]:
    return sent(client.get(where).context["edit"].form, **written)


def test_without_a_plan_the_list_says_what_to_do(as_plan_officer, as_leader):
    assert b"backcast load" in as_plan_officer.get(reverse("plans:list")).content
    assert b"A plan officer enters plans" in as_leader.get(reverse("plans:list")).content


def test_the_list_counts_what_is_in_each_plan(as_leader, plan):
    with assert_queries(5):
        page = as_leader.get(reverse("plans:list"))
    [(found, *counts)] = page.context["rows"]
    assert (found, counts) == (plan, [3, 2, 3, 4])
    assert b"vision 2035" in page.content


def test_the_whole_plan_is_one_page(as_leader, plan):
    with assert_queries(11):
        page = as_leader.get(address("plan"), {"on": "2025-06-30"}).content.decode()
    for told in ("Five-Year Plan", "Horizon 2021–2025", "Speed up 5G", "5G base stations", "95,000", "120,000", "79%"):
        assert told in page
    assert "Edit the plan" not in page
    assert "style=" not in page


def test_a_plan_is_shown_as_of_its_data_date_where_no_day_is_asked_for(as_leader, plan):
    assert as_leader.get(address("plan")).context["on"] == timezone.localdate()
    Plan.objects.update(data_date=date(2025, 6, 30))
    assert as_leader.get(address("plan")).context["on"] == date(2025, 6, 30)
    assert as_leader.get(address("plan"), {"on": "2024-12-31"}).context["on"] == date(2024, 12, 31)


def test_every_figure_shows_its_source(as_leader, plan):
    page = as_leader.get(address("plan"), {"on": "2025-06-30"}).content.decode()
    assert "中国新闻网" in page
    assert page.count("省通信管理局") >= 2


def test_who_does_no_business_finds_no_plan(as_system_officer, as_nobody, plan):
    assert as_system_officer.get(address("plan")).status_code == 404
    assert as_nobody.get(address("plan")).status_code == 302


def test_a_leader_reads_but_may_not_edit(as_leader, plan):
    assert as_leader.get(address("indicator", "stations")).status_code == 200
    for name, parts in (("edit", ()), ("edit-measure", ("M1",)), ("add-task", ()), ("add-target", ("stations",))):
        assert as_leader.get(address(name, *parts)).status_code == 403, name


def test_a_measure_is_edited_in_its_row(as_plan_officer, plan):
    where = address("edit-measure", "M1")
    row = as_plan_officer.get(where, headers=HTMX)
    assert row.content.decode().strip().startswith('<tr class="editable editing">')
    answer = as_plan_officer.post(where, sent(row.context["edit"].form, state="done"), headers=HTMX)
    assert b'<tr class="editable">' in answer.content
    assert b"<html" not in answer.content
    assert Measure.objects.get(code="M1").state == "done"


def test_without_a_script_a_measure_is_edited_on_a_page(as_plan_officer, plan):
    where = address("edit-measure", "M1")
    assert b"<html" in as_plan_officer.get(where).content
    answer = as_plan_officer.post(where, filled(as_plan_officer, where, deliverable="500座基站"))
    assert answer.url == address("plan")
    assert Measure.objects.get(code="M1").deliverable == "500座基站"


def test_cancelling_brings_the_row_back(as_leader, plan):
    for name, code in (("edit-measure", "M1"), ("edit-indicator", "stations"), ("edit-task", "T1")):
        answer = as_leader.get(f"{address(name, code)}?row", headers=HTMX)
        assert b'class="editable"' in answer.content


def test_a_fault_comes_back_in_the_row_with_what_was_written(as_plan_officer, plan):
    where = address("edit-indicator", "stations")
    answer = as_plan_officer.post(where, filled(as_plan_officer, where, unit="", name="新名"), headers=HTMX)
    assert answer.status_code == 422
    assert "新名" in answer.content.decode()
    assert Indicator.objects.get(code="stations").name == "5G基站"


def test_two_who_edit_the_same_row_see_both_versions_there(as_plan_officer, plan):
    where = address("edit-measure", "M1")
    first, second = (filled(as_plan_officer, where, deliverable=told) for told in ("甲", "乙"))
    as_plan_officer.post(where, first, headers=HTMX)
    answer = as_plan_officer.post(where, second, headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (409, "closest .editable")
    page = answer.content.decode()
    assert page.strip().startswith('<tr class="editable editing">')
    assert "甲" in page
    again = sent(answer.context["edit"].form)
    again["initial-deliverable"] = "甲"
    assert as_plan_officer.post(where, again, headers=HTMX).status_code == 200
    assert Measure.objects.get(code="M1").deliverable == "乙"


def test_a_plan_grows_from_nothing(as_plan_officer):
    shanxi()
    told = {"code": "p", "name": "新规划", "starts": "2026-01-01", "ends": "2030-12-31"}
    assert as_plan_officer.post(reverse("plans:add"), told).url == reverse("plans:plan", args=["p"])
    empty = as_plan_officer.get(reverse("plans:plan", args=["p"]))
    assert b"This plan is still empty" in empty.content
    as_plan_officer.post(reverse("plans:add-task", args=["p"]), {"code": "T1", "name": "任务"})
    where = reverse("plans:add-indicator", args=["p"])
    told = {"code": "i", "name": "指标", "unit": "个", "kind": "stock", "direction": "higher", "task": ""}
    assert as_plan_officer.post(where, told).url == reverse("plans:indicator", args=["p", "i"])
    assert Task.objects.get().plan.code == "p"
    assert (
        b"Nothing is said of this indicator yet"
        in as_plan_officer.get(reverse("plans:indicator", args=["p", "i"])).content
    )


def test_a_vision_within_the_plan_is_refused_at_its_field(as_plan_officer):
    told = {"code": "p", "name": "新规划", "starts": "2026-01-01", "ends": "2030-12-31", "vision_year": "2029"}
    answer = as_plan_officer.post(reverse("plans:add"), told)
    assert answer.status_code == 422
    assert "vision_year" in answer.context["edit"].form.errors


def test_an_indicator_says_what_is_in_force_and_why_not(as_leader, plan):
    definition(Indicator.objects.get(code="stations"), "opened", text_en="Stations opened")
    with assert_queries(8):
        page = as_leader.get(address("indicator", "stations"), {"on": "2025-06-30"}).content.decode()
    for told in ("in force", "a later document counts", "Opinions", "Stations opened", "<svg"):
        assert told in page
    assert page.count('<svg class="chart fan') == 2
    assert "style=" not in page


def test_a_target_is_revised_with_its_document(as_plan_officer, plan):
    page = as_plan_officer.get(address("indicator", "stations")).content.decode()
    where = address("revise-target", "stations", "140000", END, mark_of("规划"))
    assert where in page
    told = filled(as_plan_officer, where, value="130000", document="中期评估", issued="2023-09-01")
    assert as_plan_officer.post(where, told).status_code == 302
    assert Target.objects.get(document="规划", indicator__code="stations").valid_to == date(2023, 8, 31)
    assert Target.objects.get(document="中期评估").value == 130_000


def test_a_revision_that_does_not_hold_is_told_at_its_field(as_plan_officer, plan):
    where = address("revise-target", "stations", "140000", END, mark_of("规划"))
    told = filled(as_plan_officer, where, value="130000", document="中期评估", issued="2020-09-01")
    answer = as_plan_officer.post(where, told)
    assert answer.status_code == 422
    assert "issued" in answer.context["edit"].form.errors


def test_targets_and_figures_are_added_and_corrected(as_plan_officer, plan):
    where = address("add-target", "racks")
    told = filled(as_plan_officer, where, region=_region(), value="500000", document="规划", issued="2021-05-27")
    assert as_plan_officer.post(where, told).url.endswith("?region=140000")
    where = address("add-observation", "racks")
    told = filled(as_plan_officer, where, region=_region(), date="2024-12-31", value="410000", source="统计局")
    assert as_plan_officer.post(where, told).status_code == 302
    row = Observation.objects.get(indicator__code="racks")
    where = address("edit-observation", "racks", "140000", row.date, mark_of(row.value, row.source))
    assert as_plan_officer.post(where, filled(as_plan_officer, where, value="420000")).status_code == 302
    row.refresh_from_db()
    assert (row.value, row.version) == (420_000, 2)
    target = Target.objects.get(indicator__code="racks")
    where = address("edit-target", "racks", "140000", END, mark_of("规划"))
    assert as_plan_officer.post(where, filled(as_plan_officer, where, value="510000")).status_code == 302
    target.refresh_from_db()
    assert target.value == 510_000


def test_versions_of_a_definition_are_added_and_edited(as_plan_officer, plan):
    told = filled(as_plan_officer, address("add-definition", "racks"), version_code="in_use", text="在用机架")
    assert as_plan_officer.post(address("add-definition", "racks"), told).status_code == 302
    where = address("edit-definition", "racks", "in_use")
    told = filled(as_plan_officer, where, series_break="true")
    assert as_plan_officer.post(where, told).status_code == 302
    assert Definition.objects.get().series_break is True


def test_what_does_not_exist_is_not_found(as_plan_officer, plan):
    assert as_plan_officer.get(address("indicator", "nothing")).status_code == 404
    assert as_plan_officer.get(address("edit-target", "stations", "140000", END, "0000000000")).status_code == 404
    assert (
        as_plan_officer.get(address("plan") + "indicators/stations/targets/140000/2025-13-40/aa/edit/").status_code
        == 404
    )


def test_pages_of_regions_and_organisations_show_what_the_plan_says(as_leader, plan):
    page = as_leader.get(reverse("directory:region", args=["140000"])).content.decode()
    assert "120,000" in page
    assert "100,000" not in page
    page = as_leader.get(reverse("directory:organisation", args=["txglj"])).content.decode()
    assert "Speed up 5G" in page
    assert "5G base stations" in page


def test_a_simulated_plan_says_so_on_each_page(as_leader, plan):
    Plan.objects.update(simulated=True)
    for where in (address("plan"), address("indicator", "stations"), reverse("plans:list")):
        assert b"banner simulated" in as_leader.get(where, {"on": MIDDLE}).content


def _region() -> str:
    return str(Target.objects.filter(region__code="140000").first().region_id)
