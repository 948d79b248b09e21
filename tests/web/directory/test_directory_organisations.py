"""Organisations: found, changed, and merged where they were entered twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cast import DATONG, PROVINCE, TAIYUAN, actor_for
from counting import assert_queries
from django.urls import reverse
from django.utils import translation
from plan_builders import organisation, shanxi, whole_plan

from backcast.web.audit.models import Event
from backcast.web.core.refusals import Invalid, Refused
from backcast.web.core.roles import Role
from backcast.web.directory.actions import change_organisation
from backcast.web.directory.merging import likely_duplicates, likely_same, merge, unmerge, uses_of
from backcast.web.directory.models import Organisation, Region
from backcast.web.plans.models import Indicator, Measure

pytestmark = pytest.mark.django_db
OFFICER = actor_for(Role.PLAN_OFFICER, PROVINCE)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def twice() -> tuple[Organisation, Organisation]:
    """The office of a whole plan, and the same once more."""
    whole_plan()
    return organisation("tgj", "山西省通信管理局"), Organisation.objects.get(code="txglj")


def test_organisations_are_found_by_name_and_kind(as_leader):
    organisation("fgw", "发改委", name_en="Reform Commission")
    organisation("bank", "发展银行", name_en="Bank", kind="bank")
    address = reverse("directory:organisations")
    with assert_queries(2):
        page = as_leader.get(address, {"q": "发", "kind": "bank"}).content.decode()
    assert "Bank" in page
    assert "Reform Commission" not in page
    assert b"No organisation is called so" in as_leader.get(address, {"q": "river"}).content


def test_a_long_list_goes_page_by_page(as_leader):
    for n in range(205):
        organisation(f"o{n:03}", f"单位{n}")
    address = reverse("directory:organisations")
    first, second = as_leader.get(address), as_leader.get(address, {"after": "o099"})
    assert (first.context["before"], first.context["after"]) == ("", "o099")
    assert (second.context["before"], second.context["after"]) == ("o100", "o199")
    assert [row.code for row in as_leader.get(address, {"before": "o100"}).context["rows"]][-1] == "o099"


def test_much_the_same_names_are_suggested(twice):
    duplicate, survivor = twice
    organisation("bank", "晋商银行", kind="bank")
    assert [(pair.first.code, pair.second.code) for pair in likely_duplicates()] in (
        [("tgj", "txglj")],
        [("txglj", "tgj")],
    )
    assert [pair.second for pair in likely_same(duplicate)] == [survivor]


def test_a_merge_is_previewed_done_and_told(as_plan_officer, twice):
    duplicate, survivor = twice
    address = reverse("directory:merge", args=["txglj"])
    page = as_plan_officer.get(address, {"into": "tgj"}).content.decode()
    assert "Speed up 5G" in page
    assert Measure.objects.get(code="M1").lead == survivor
    assert as_plan_officer.post(address, {"into": "tgj"}).status_code == 302
    assert Measure.objects.get(code="M1").lead == duplicate
    assert Indicator.objects.get(code="stations").responsible == duplicate
    survivor.refresh_from_db()
    assert survivor.merged_into == duplicate
    assert set(Event.objects.filter(action="organisation.merged").values_list("object_code", flat=True)) == {
        "txglj",
        "M1",
        "stations",
    }


def test_a_merge_counts_up_the_versions_of_what_it_moves(twice):
    duplicate, survivor = twice
    merge(survivor, duplicate, by=OFFICER)
    assert Measure.objects.get(code="M1").version == 2


def test_a_merge_can_be_taken_apart_but_for_what_was_changed_since(twice):
    duplicate, office = twice
    merge(office, duplicate, by=OFFICER)
    other = organisation("other", "另一单位")
    Indicator.objects.filter(code="stations").update(responsible=other)
    unmerge(Organisation.objects.get(code="txglj"), by=OFFICER)
    assert Measure.objects.get(code="M1").lead == office
    assert Indicator.objects.get(code="stations").responsible == other
    office.refresh_from_db()
    assert office.merged_into is None
    assert not office.moved.exists()


def test_nothing_is_merged_into_itself_or_twice(twice):
    duplicate, office = twice
    with pytest.raises(Invalid, match="into itself"):
        merge(office, office, by=OFFICER)
    merge(office, duplicate, by=OFFICER)
    office.refresh_from_db()
    with pytest.raises(Invalid, match="already"):
        merge(office, organisation("third", "第三单位"), by=OFFICER)
    assert uses_of(office) == []


def test_who_reaches_only_one_of_two_may_not_merge_them():
    shanxi()
    there = organisation("a", "甲", region=Region.objects.get(path=DATONG))
    here = organisation("b", "乙", region=Region.objects.get(path=TAIYUAN))
    with pytest.raises(Refused):
        merge(there, here, by=actor_for(Role.PLAN_OFFICER, DATONG))


def test_an_organisation_cannot_be_moved_out_of_reach():
    shanxi()
    one = organisation("a", "甲", region=Region.objects.get(path=DATONG))
    values = {"region": Region.objects.get(path=TAIYUAN)}
    with pytest.raises(Refused):
        change_organisation(one, values, expected=1, by=actor_for(Role.PLAN_OFFICER, DATONG))


def test_the_page_of_a_merged_one_says_where_it_went(as_plan_officer, twice):
    merge(twice[1], twice[0], by=OFFICER)
    page = as_plan_officer.get(reverse("directory:organisation", args=["txglj"])).content.decode()
    assert "it was merged into" in page
    assert reverse("directory:unmerge", args=["txglj"]) in page
    assert as_plan_officer.post(reverse("directory:unmerge", args=["txglj"])).status_code == 302


def test_the_second_to_save_sees_both_versions(as_plan_officer):
    organisation("fgw", "发改委", name_en="Commission")
    address = reverse("directory:edit-organisation", args=["fgw"])
    form = as_plan_officer.get(address).context["edit"].form
    sent = {field.html_name: field.value() or "" for field in form}
    sent |= {field.html_initial_name: field.value() or "" for field in form if field.name != "version"}
    assert as_plan_officer.post(address, sent | {"name_en": "First"}).status_code == 302
    answer = as_plan_officer.post(address, sent | {"name_en": "Second"})
    assert answer.status_code == 409
    assert "First" in answer.content.decode()


def test_organisations_are_added_by_planners_only(as_plan_officer, as_dispatcher):
    address = reverse("directory:add-organisation")
    assert as_plan_officer.post(address, {"code": "fgw", "name": "发改委"}).status_code == 302
    assert as_dispatcher.get(address).status_code == 403
    assert as_plan_officer.post(address, {"code": "fgw", "name": "发改委"}).status_code == 422
    assert as_plan_officer.get(reverse("directory:duplicates")).status_code == 200
