"""The reference classes that ship are what the registers teach, and say so."""

from __future__ import annotations

import polars as pl
import pytest
from builders import book

import backcast as bc
import priors
from backcast.planbook.priors import best_class, published, reference_classes
from backcast.planbook.schema import QUANTILES
from blocks import ROOT

HISTORIES = ROOT / "examples" / "histories"


def _best(path, interval):
    best = best_class(reference_classes(book(classes=())), path, interval)
    return best.path, best.interval


def test_the_script_gives_the_file_that_ships():
    assert priors.text() == priors.PLACE.read_text(encoding="utf-8"), "Run tools/priors.py."


def test_each_row_says_how_many_cases_it_rests_on_where_they_come_from_and_what_they_are():
    table = published()
    assert (table["n"] >= priors.LEAST_CASES).all()
    assert set(table["status"]) == {"derived"}
    assert all(table[name].null_count() == 0 for name in ("source", "note"))


def test_no_quantile_falls():
    for row in published().select(f"p{percent:02}" for percent in QUANTILES).iter_rows():
        assert list(row) == sorted(row)


def test_shares_cancelled_are_told_by_no_register():
    assert published()["cancelled"].null_count() == published().height


@pytest.mark.parametrize(
    ("path", "interval", "found"),
    [
        ("transport/road", "construction", ("transport/road", "construction")),
        ("transport/rail", "construction", ("transport", "construction")),
        ("building/school", "construction", ("building", "construction")),
        ("digital/base_station", "construction", ("digital", "")),
        ("digital/data_centre", "construction", ("digital", "")),
        ("energy/smart_mine", "construction", ("*", "construction")),
        ("research/laboratory", "recognition", ("*", "")),
        ("research/laboratory", "preparation", ("*", "preparation")),
        ("transport/road", "preparation", ("*", "preparation")),
        ("transport/road", "ramp", ("*", "")),
    ],
)
def test_each_kind_of_project_in_a_plan_has_a_class(path, interval, found):
    assert _best(path, interval) == found


def test_registers_that_they_rest_on_have_their_licence_told():
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    section = notice[notice.index("published_classes.csv") :].split("tests/interchange")[0]
    for register in ("UK Government Major Projects Portfolio", "City of New York", "School Construction", "World Bank"):
        assert register in section
    for licence in ("Open Government", "NYC Open Data", "CC BY 4.0"):
        assert licence in section


def test_what_is_left_out_of_new_yorks_register_hardly_ever_moves():
    """Of schools stated more than once a quarter had their completion changed: they would tell that nothing is late."""
    finish = pl.col("planned_finish")
    stated = bc.read_history(HISTORIES / priors.NEW_YORK.file).drop_nulls("planned_finish").group_by("class", "id")
    several = stated.agg(finish.n_unique() > 1, times=pl.len()).filter(pl.col("times") > 1)
    moved = several.group_by("class").agg(finish.mean())
    assert set(moved.filter(finish < 0.3)["class"]) == set(priors.NEW_YORK.unmoved)
