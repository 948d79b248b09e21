"""What a project must show to enter a list."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from project_scene import OFFICER, project

from backcast.web.projects import actions
from backcast.web.projects.entry_rules import RULES, findings
from backcast.web.projects.models import Approval, Listing, Project

pytestmark = pytest.mark.django_db


def found(mine: Project, listing_class: str = "new", year: int = 2023) -> dict[str, bool | None]:
    listing = Listing(project=mine, year=year, tier="provincial", listing_class=listing_class)
    return {finding.rule.code: finding.met for finding in findings(mine, listing)}


def test_what_the_library_does_not_hold_is_for_a_person_to_judge():
    assert found(project()) == {"code": True, "policy": None, "admission": None, "start": True, "funds": None}


def test_a_project_without_filing_is_not_admitted_until_it_is_granted():
    mine = project()
    actions.choose_route(mine, "filing", by=OFFICER)
    assert found(mine)["admission"] is False
    mine.approvals.filter(item="filing").update(state=Approval.State.GRANTED)
    assert found(mine)["admission"] is True


@pytest.mark.parametrize(("planned", "met"), [(95_999, False), (96_000, True)])
def test_funds_for_four_fifths_of_the_investment_are_basically_in_place(planned, met):
    mine = project()
    mine.funding.create(source="own", year=2023, planned=Decimal(planned))
    assert found(mine)["funds"] is met


@pytest.mark.parametrize(
    ("sector", "wan_yuan", "rule", "met"),
    [
        ("data_centre", 29_999, "emerging_floor", False),
        ("data_centre", 30_000, "emerging_floor", True),
        ("coal", 99_999, "traditional_floor", False),
        ("coal", 100_000, "traditional_floor", True),
    ],
)
def test_size_floors_are_those_of_the_sector(sector, wan_yuan, rule, met):
    seen = found(project(sector=sector, total_investment=Decimal(wan_yuan)))
    assert seen[rule] is met
    assert len([code for code in seen if code.endswith("floor")]) == 1


def test_a_project_in_preparation_starts_within_two_years():
    mine = project(planned_start=date(2026, 1, 1), planned_finish=None)
    assert found(mine, "preparation", 2024)["two_years"] is True
    assert found(mine, "preparation", 2023)["two_years"] is False


def test_rules_have_codes_of_their_own():
    assert len({rule.code for rule in RULES}) == len(RULES)
