from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from backcast.planbook.results import Records, ValueQuantiles, Verdict
from backcast.report.lights import MARKS, ORDER, standing
from backcast.report.views.facts import Facts
from backcast.report.views.groups import settled, to_do
from backcast.report.views.summary import summary


def test_counts_are_those_of_the_province_in_order_of_urgency(facts: Facts):
    found = summary(facts)
    expected = Counter(standing(v) for v in facts.run.verdicts if v.region == "P")
    assert {count.mark.shape: count.number for count in found.counts} == dict(expected)
    assert [count.mark.shape for count in found.counts] == [key for key in ORDER if expected[key]]
    assert found.total == sum(expected.values()) == 7


def test_endangered_targets_are_named_with_gap_and_department(facts: Facts):
    found = summary(facts)
    first = found.endangered[0]
    assert first.subject.read("en") == "机架"
    assert first.chance == "<1%"
    assert first.gap.read("en").endswith("short")
    assert first.responsible.read("en") == "通信管理局"
    assert {line.mark.shape for line in found.endangered} <= {"red", "yellow"}


def test_table_of_regions_has_the_province_above_its_cities(facts: Facts):
    heat = summary(facts).heat
    assert heat is not None
    assert [name.zh for name, _ in heat.rows] == ["甲省", "甲市", "乙市", "丙市"]
    assert [name.zh for name, _ in heat.indicators] == ["机架"]
    assert all(cell is not None for _, cells in heat.rows for cell in cells)


def shown(facts: Facts, change: Callable[[Verdict], Verdict | None]) -> str:
    changed = [new for verdict in facts.run.verdicts if (new := change(verdict)) is not None]
    run = replace(facts.run, verdicts=Records(changed, lambda record: record.reason))
    return summary(Facts(run)).answer.read("en")


def judged(light: str | None) -> Callable[[Verdict], Verdict]:
    state = "forecast" if light else "no_evidence"
    value = ValueQuantiles(1.0, 2.0, 3.0)
    return lambda verdict: replace(verdict, state=state, light=light, probability=0.9, value=value)


@pytest.mark.parametrize(
    ("light", "answer"),
    [
        ("red", "7 of 7 targets in danger"),
        ("yellow", "No target in danger, 7 of 7 uncertain"),
        ("green", "None of the targets that can be judged is in danger"),
        (None, "None of 7 targets can be judged yet"),
    ],
)
def test_title_is_the_answer(facts: Facts, light: str | None, answer: str):
    assert shown(facts, judged(light)) == answer


def test_title_without_any_target_says_so(facts: Facts):
    assert shown(facts, lambda verdict: None) == "No target is in force at this date"


def test_few_regions_make_no_table(facts: Facts):
    run = facts.run
    kept = [verdict for verdict in run.verdicts if verdict.region in ("P", "A", "B")]
    fewer = replace(run, verdicts=Records(kept, lambda record: record.reason))
    assert summary(Facts(fewer)).heat is None


def test_met_and_missed_targets_stand_apart(facts: Facts):
    (met,), (missed,) = settled(facts, "met"), settled(facts, "missed")
    assert met.met_on is not None
    assert met.met_on.isoformat() == "2023-08-10"
    assert met.mark is MARKS["met"]
    assert "993" in missed.reason.read("en")
    assert missed.mark is MARKS["missed"]


def test_what_to_collect_is_grouped_by_department(facts: Facts):
    (nobody,) = to_do(facts)
    assert nobody.department.read("en") == "no department named"
    (figure,) = nobody.figures
    assert figure.subject.read("en") == "用户"
    assert figure.aim.read("en") == "3,200,000 by 31 December 2025"
    assert nobody.n == 1
