"""A project's network in time: computed, drawn, and compared with its baselines."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import date

import pytest
from project_scene import OFFICER, plan, project

from backcast.web.projects import actions, gantt
from backcast.web.projects.comparison import comparison
from backcast.web.projects.gates import gates_of
from backcast.web.projects.models import Project, Relationship
from backcast.web.projects.scheduling import timing

pytestmark = pytest.mark.django_db
WORKS = [
    {"code": "A", "name": "土建", "name_en": "Works <1>", "duration": 100, "planned_finish": date(2023, 9, 1)},
    {"code": "B", "name": "设备", "duration": 60, "gate": "completion", "planned_finish": date(2024, 1, 1)},
    {"code": "C", "name": "小项", "duration": 5},
]
LINKS = [{"predecessor": "A", "successor": "B"}, {"predecessor": "C", "successor": "B"}]


@pytest.fixture
def mine(db) -> Project:
    made = plan()
    made.data_date = date(2023, 3, 31)
    made.save()
    return actions.set_network(project(), WORKS, LINKS, by=OFFICER, expected=1)


def test_the_chain_that_decides_the_end_is_found(mine):
    bars = {bar.code: bar for bar in timing(mine).bars}
    assert [code for code, bar in bars.items() if bar.driving] == ["A", "B"]
    assert bars["B"].after == ("A",)
    assert (bars["A"].start, bars["A"].finish) == (date(2023, 4, 1), date(2023, 7, 9))
    assert bars["C"].total_float == bars["A"].total_float + 95


def test_what_happened_stands_as_it_happened(mine):
    works = mine.activities.get(code="A")
    actions.report_activity(
        works, {"actual_start": date(2023, 1, 2), "actual_finish": date(2023, 3, 3)}, by=OFFICER, expected=works.version
    )
    bar = next(bar for bar in timing(mine).bars if bar.code == "A")
    assert (bar.start, bar.finish, bar.done) == (date(2023, 1, 2), date(2023, 3, 3), True)


def test_a_project_without_a_network_has_that_of_its_kind():
    found = timing(project())
    assert not found.own
    assert [bar.name for bar in found.bars] == ["preparation", "construction", "trial running", "ramp"]


def test_what_waits_in_a_loop_is_told_by_name(mine):
    first, last = mine.activities.get(code="A"), mine.activities.get(code="B")
    Relationship.objects.create(predecessor=last, successor=first, type="FS")
    with pytest.raises(ValueError, match="wait for each other"):
        timing(mine)


def test_the_chart_is_plain_svg_with_words_for_the_pointer(mine):
    wide, narrow = ET.fromstring(f"<div>{gantt.draw(timing(mine))}</div>")
    for chart in (wide, narrow):
        assert len(chart.findall("g[@class='activity driving']")) == 2
        titles = [title.text for title in chart.iter("title")]
        assert "Works <1>: 2023-04-01 to 2023-07-09; planned to finish 2023-09-01; it decides the end" in titles
        assert not [element for element in chart.iter() if "style" in element.attrib]


def test_names_are_shortened_to_fit(mine):
    mine.activities.filter(code="A").update(name_en="x" * 300)
    chart = ET.fromstring(f"<div>{gantt.draw(timing(mine))}</div>")
    assert any(text.text.endswith("x…") for text in chart.iter("text"))


def test_gates_come_from_the_network_with_their_baseline(mine):
    actions.freeze_baseline(mine, "批复", by=OFFICER)
    mine.activities.filter(code="B").update(planned_finish=date(2024, 3, 1), actual_finish=date(2024, 3, 11))
    gate = gates_of(mine)[0]
    assert (gate.name, gate.baseline, gate.days_late) == ("completion", date(2024, 1, 1), 10)


def test_gates_without_a_network_are_those_of_the_dates():
    plan_of = project(actual_start=date(2023, 2, 20))
    start, completion = gates_of(plan_of)
    assert (start.days_late, start.days_early, completion.actual) == (-9, 9, None)


def test_a_gate_that_was_not_passed_is_overdue_at_the_data_date(mine):
    mine.plan.data_date = date(2024, 1, 31)
    assert gates_of(mine)[0].days_overdue == 30


def test_baselines_stand_side_by_side_with_what_moved(mine):
    actions.freeze_baseline(mine, "批复", by=OFFICER)
    later = [WORKS[0] | {"planned_finish": date(2023, 10, 1)}, WORKS[1]]
    mine = actions.set_network(mine, later, LINKS[:1], by=OFFICER, expected=2)
    actions.freeze_baseline(mine, "调整", by=OFFICER)
    table = comparison(mine)
    moved = {line.name: [cell.moved for cell in line.cells] for line in table.lines}
    assert [baseline.number for baseline in table.baselines] == [1, 2]
    assert moved["Works <1>"] == [None, 30, 0]
    assert moved["C"] == [None, None, None]
