"""Results print, slice and turn into frames."""

from __future__ import annotations

from datetime import date

import pytest

from backcast.language import tr
from backcast.planbook.results import TOLD, DateQuantiles, Records, ValueQuantiles, Verdict, flatten, place
from backcast.planbook.sentences import figure, percent


def _verdict(indicator="I", **more):
    about = {"region": "R", "date": date(2025, 12, 31), "target": 100.0, "comparison": "at_least"}
    about |= {"direction": "higher", "document": "plan", "state": "forecast", "basis": "projects"}
    return Verdict(indicator=indicator, reason=tr("Because."), **(about | more))


def _records(n):
    return Records([_verdict(f"I{i}") for i in range(n)], lambda record: tr("{code}.", code=record.indicator))


def test_records_are_a_sequence():
    records = _records(3)
    assert len(records) == 3
    assert records[1].indicator == "I1"
    assert [record.indicator for record in records[1:]] == ["I1", "I2"]
    assert records[0] in records


def test_records_print_one_sentence_a_line_and_say_what_they_leave_out():
    assert str(_records(2)) == "I0.\nI1."
    lines = str(_records(TOLD + 7)).splitlines()
    assert len(lines) == TOLD + 1
    assert lines[-1] == "… and 7 more."


def test_a_frame_has_every_record_and_a_column_for_every_quantile():
    records = Records(
        [
            _verdict(),
            _verdict(value=ValueQuantiles(1.0, 2.0, 3.0), first_met=DateQuantiles(date(2025, 1, 31), None, None)),
        ],
        lambda record: tr("."),
    )
    frame = records.to_frame()
    assert frame["reason"].to_list() == ["Because."] * 2
    assert frame["value_p90"].to_list() == [None, 3.0]
    assert frame["first_met_p50"].to_list() == [None, date(2025, 1, 31)]


def test_a_frame_of_nothing_is_empty():
    assert _records(0).to_frame().height == 0
    assert str(_records(0)) == ""


def test_a_flat_record_reads_messages_in_english():
    assert flatten(_verdict())["reason"] == "Because."


def test_results_stand_by_indicator_region_and_date():
    assert place(_verdict()) == ("I", "R", date(2025, 12, 31))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0.0, "0"),
        (1234567.0, "1,234,567"),
        (1234.56, "1,235"),
        (12.34, "12.3"),
        (1.234, "1.23"),
        (-8.0, "-8"),
    ],
)
def test_figures_are_written_for_people(value, text):
    assert figure(value) == text


@pytest.mark.parametrize(
    ("probability", "text"), [(0.00005, "<1%"), (0.01, "1%"), (0.5, "50%"), (0.99, "99%"), (0.9951, ">99%")]
)
def test_percentages_never_claim_certainty(probability, text):
    assert percent(probability) == text
