"""The planbook: complete, comparable, and silent about what was not known yet."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from builders import book, project, table

from backcast.planbook.book import Planbook
from backcast.planbook.run import run
from backcast.planbook.schema import SCHEMA

LATER = {"known_from": "2023-06-01"}


def _heights(planbook):
    return {name: planbook[name].height for name in SCHEMA if planbook[name].height}


def test_missing_tables_and_columns_are_empty():
    planbook = Planbook.of({"regions": pl.DataFrame({"code": ["R"]})})
    assert set(planbook.tables) == set(SCHEMA)
    assert planbook["regions"].columns == SCHEMA["regions"].polars_schema.names()
    assert planbook["regions"]["level"].to_list() == [None]


def test_an_unknown_table_or_column_is_refused_by_name():
    with pytest.raises(KeyError, match="There is no table “region”"):
        Planbook.of({"region": pl.DataFrame()})
    with pytest.raises(KeyError, match="“regions” has no column 'colour'"):
        Planbook.of({"regions": pl.DataFrame({"colour": ["red"]})})


def test_blank_text_is_no_text():
    planbook = Planbook.of({"regions": pl.DataFrame({"code": ["R "], "parent": ["  "]})})
    assert planbook["regions"].select("code", "parent").row(0) == ("R", None)


def test_the_same_rows_are_the_same_planbook_in_any_order():
    one = book(projects=[project("A"), project("B")])
    other = one.replace(projects=one["projects"].reverse())
    assert one == other
    assert hash(one) == hash(other)
    assert one != one.replace(projects=one["projects"].head(1))
    assert one.fingerprint == other.fingerprint != book().fingerprint


def test_a_row_is_known_from_its_day_on():
    planbook = book(observations={"date": "2023-03-31", "value": 5.0, "known_from": "2023-05-20"})
    assert planbook.known_at(date(2023, 5, 19))["observations"].height == 0
    assert planbook.known_at(date(2023, 5, 20))["observations"].height == 1


def test_what_concerns_a_project_that_nobody_knew_of_was_not_known_either():
    full = book(
        projects=[project("OLD"), project("NEW") | LATER],
        activities=[{"project": p, "code": "A", "duration": 10} for p in ("OLD", "NEW")],
        relationships={
            "predecessor_project": "NEW",
            "predecessor": "A",
            "successor_project": "OLD",
            "successor": "A",
        },
        outputs=[{"project": p, "amount": 1.0} for p in ("OLD", "NEW")],
        returns=[{"project": p, "period": "2023-01-31"} for p in ("OLD", "NEW")],
        shares={"project": "NEW", "region": "R", "share": 1.0},
    )
    assert full.known_at(date(2023, 6, 1)) == full
    known = full.known_at(date(2023, 5, 31))
    for name in ("projects", "activities", "outputs", "returns"):
        assert known[name].height == 1, name
    assert known["relationships"].height == known["shares"].height == 0
    assert run(full, data_date="2023-05-31", draws=2).schedule.to_frame()["project"].to_list() == ["OLD"]


def test_a_relationship_with_an_activity_that_nobody_knew_of_was_not_known_either():
    full = book(
        projects=project("A"),
        activities=[
            {"project": "A", "code": "1", "duration": 10},
            {"project": "A", "code": "2", "duration": 5} | LATER,
        ],
        relationships={"predecessor_project": "A", "predecessor": "1", "successor_project": "A", "successor": "2"},
    )
    assert _heights(full.known_at(date(2023, 5, 31)))["activities"] == 1
    assert "relationships" not in _heights(full.known_at(date(2023, 5, 31)))


def test_an_indicator_or_region_known_later_takes_its_targets_along():
    full = book(indicators=[{}, {"code": "J"} | LATER], targets=[{}, {"indicator": "J"}])
    assert full.known_at(date(2023, 5, 31))["targets"]["indicator"].to_list() == ["I"]
    full = book(regions=[{}, {"code": "S"} | LATER], targets=[{}, {"region": "S"}])
    assert full.known_at(date(2023, 5, 31))["targets"]["region"].to_list() == ["R"]


def test_a_reference_that_never_led_anywhere_is_left_to_the_checks():
    full = book(outputs=[{"project": "NOWHERE", "amount": 1.0}], projects=[project("A") | LATER])
    assert full.known_at(date(2023, 5, 31))["outputs"].height == 1


def test_replacing_a_table_leaves_the_others():
    planbook = book(projects=project("A"))
    changed = planbook.replace(projects=table("projects", project("B")))
    assert changed["projects"]["code"].to_list() == ["B"]
    assert changed["targets"].equals(planbook["targets"])


def test_a_planbook_prints_what_it_holds():
    assert str(book(projects=project("A"))).endswith(
        "1 plan, 1 indicators, 1 targets, 1 regions, 1 projects, 1 classes"
    )
