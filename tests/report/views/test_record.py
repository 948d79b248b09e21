"""The track record of a report, target by target."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from reading import read
from small import DATA_DATE, END, small_planbook

from backcast.planbook.hindsight import PastRun
from backcast.planbook.run import Run
from backcast.planbook.track import TrackRecord, scored
from backcast.report.page import render
from backcast.report.views.facts import Facts
from backcast.report.views.record import MOST_TARGETS, record_view


@pytest.fixture(scope="module")
def record(found: Run) -> TrackRecord:
    """Faces said twice and met, and missed at the end of 2022; stations wait."""
    open_one = next(verdict for verdict in found.verdicts if verdict.state == "forecast")
    faces = {"indicator": "faces", "region": "P", "comparison": "at_least"}
    met = replace(open_one, **faces, date=END, target=1000.0, probability=0.4)
    missed = replace(met, date=date(2022, 12, 31), target=1178.0, probability=0.9)
    waits = replace(met, indicator="stations", target=120_000.0)
    first = PastRun(date(2021, 12, 31), "f" * 64, 0, 100, "1", (met, missed, waits))
    second = replace(
        first,
        data_date=date(2022, 11, 30),
        verdicts=(replace(met, probability=0.8),),
        kept_at=datetime(2022, 12, 1, tzinfo=UTC),
    )
    return scored(small_planbook(), [first, second], DATA_DATE)


def test_each_target_stands_once_with_everything_that_was_said_of_it(facts: Facts, record: TrackRecord):
    shown = record_view(facts, record)
    assert shown is not None
    missed, met = shown.targets
    assert (missed.mark.shape, missed.said, missed.brier) == ("missed", "90%", "0.81")
    assert (met.mark.shape, met.said, met.brier) == ("met", "40% → 80%", "0.20")
    assert met.aim.read("en") == "1,000 by 31 December 2025"
    assert met.came.read("en") == "1,161 on 10 August 2023"
    assert (shown.has_kept, shown.has_recomputed) == (True, True)


def test_what_waits_is_counted_with_its_reason(facts: Facts, record: TrackRecord):
    shown = record_view(facts, record)
    assert shown is not None
    assert shown.notes[-1].read("en") == "Not settled: 1. Its date is not reached."


def test_the_chart_says_every_probability_and_marks_what_came(facts: Facts, record: TrackRecord):
    shown = record_view(facts, record)
    assert shown is not None
    missed, met = (row.chart.draw("en") for row in shown.targets)
    assert "said: 2021-12-31 40% likely (recomputed), 2022-11-30 80% likely (kept)" in met
    assert (met.count('class="recomputed"'), met.count('class="kept"')) == (1, 1)
    assert 'class="outcome met"' in met
    assert 'class="outcome missed"' in missed


def test_many_targets_are_cut_but_all_counted(facts: Facts, record: TrackRecord):
    row = record.settled[0]
    rows = [replace(row, target=1000.0 + n) for n in range(MOST_TARGETS + 3)]
    many = replace(record, settled=type(record.settled)(rows, record.settled._say))
    shown = record_view(facts, many)
    assert shown is not None
    assert (len(shown.targets), shown.untold) == (MOST_TARGETS, 3)


def test_nothing_said_is_nothing_shown(facts: Facts):
    assert record_view(facts, None) is None
    assert record_view(facts, scored(small_planbook(), [], DATA_DATE)) is None


def test_the_page_tells_it_in_both_languages(found: Run, record: TrackRecord):
    page = render(found, record=record, first_language="en")
    assert page == render(found, record=record, first_language="en")
    tree = read(page)
    for tag in ("en", "zh-Hans"):
        (section,) = tree.all("section", id=f"{tag}-past")
        assert len(section.all("table", class_="stacks verdicts")) == 1
        assert [chart.attributes["role"] for chart in section.all("svg", class_="chart said")] == ["img", "img"]
        assert "1,161" in section.text
