"""Outputs find the gates that they wait for."""

from __future__ import annotations

import numpy as np
import pytest
from builders import book, project

from backcast.engine.delivery import Spread
from backcast.planbook.assembly import assemble

CITIES = [{}, *({"code": code, "level": "prefecture", "parent": "R"} for code in "ST")]


def _found(output, row=None, **tables):
    planbook = book(projects=row or project("A"), outputs={"project": "A", "amount": 12.0} | output, **tables)
    found = assemble(planbook)
    return found, found.contributions


def _gate(output, row=None, **tables):
    found, added = _found(output, row, **tables)
    return found.library.network.codes[added.watched[added.outputs.gate_row[0]]]


@pytest.mark.parametrize(
    ("kind", "gate"), [("construction", "trial"), ("rollout", "construction"), ("recognition", "recognition")]
)
def test_without_a_gate_the_kind_of_project_decides(kind, gate):
    assert _gate({}, project("A", kind=kind)) == f"A/{gate}"


def test_an_outputs_own_gate_counts_before_the_indicators():
    from_start = {"indicators": {"counts_from": "start"}}
    assert _gate({}, **from_start) == "A/preparation"
    assert _gate({"gate": "completion"}, **from_start) == "A/construction"


def test_a_gate_that_the_project_lacks_is_the_next_one_it_has_else_its_last_activity():
    assert _gate({"gate": "acceptance"}) == "A/trial"
    assert _gate({"gate": "full_effect"}, project("A", kind="rollout")) == "A/construction"


def test_an_output_without_a_region_is_shared_as_its_project_is():
    shares = [{"project": "A", "region": region, "share": share} for region, share in (("S", 0.25), ("T", 0.75))]
    _, added = _found({}, regions=CITIES, shares=shares)
    assert dict(added.table.select("region", "amount").iter_rows()) == {"S": 3.0, "T": 9.0}
    _, added = _found({"region": "T"}, regions=CITIES, shares=shares)
    assert dict(added.table.select("region", "amount").iter_rows()) == {"T": 12.0}
    _, added = _found({}, regions=CITIES)
    assert dict(added.table.select("region", "amount").iter_rows()) == {"R": 12.0}


@pytest.mark.parametrize("row", [{"stage": "withdrawn"}, {"stage": "stopped"}, {"counts": False}])
def test_a_project_that_delivers_nothing_has_no_outputs(row):
    assert len(_found({}, project("A", **row))[1].outputs) == 0


def test_days_of_a_ramp_count_for_a_ramp_alone():
    for spread, days in (("ramp", 90), ("at_once", 0), ("linear", 0), (None, 0)):
        _, added = _found({"spread": spread, "ramp_days": 90})
        assert added.outputs.ramp_days.tolist() == [days]


def test_a_linear_output_begins_at_the_start_gate():
    found, added = _found({"spread": "linear", "gate": "completion"})
    assert added.outputs.spread.tolist() == [Spread.LINEAR]
    codes = [found.library.network.codes[j] for j in added.watched[[added.outputs.start_row[0]]]]
    assert codes == ["A/preparation"]


def test_as_planned_is_the_plan_or_today_and_what_has_been_passed_stays():
    rows = [
        project("LATE", "2023-06-30"),
        project("AHEAD", "2025-06-30"),
        project("DONE", "2023-06-30", stage="completed", actual_finish="2022-11-30"),
    ]
    outputs = [{"project": row["code"], "amount": 1.0, "gate": "completion"} for row in rows]
    found = assemble(book(projects=rows, outputs=outputs))
    codes = found.library.projects["code"].gather(found.contributions.table["project"]).to_list()
    planned = dict(zip(codes, found.contributions.outputs.planned_gate.tolist(), strict=True))
    dates = {code: str(found.timeline.finish_date(gate)) for code, gate in planned.items()}
    assert dates == {"LATE": "2024-01-01", "AHEAD": "2025-06-30", "DONE": "2022-11-30"}


def test_outputs_in_any_order_are_the_same():
    rng = np.random.default_rng(1)
    rows = [
        {"project": "A", "amount": float(amount), "gate": "completion", "spread": spread}
        for amount in rng.integers(1, 4, 8)
        for spread in ("at_once", "linear")
    ]
    planbook = book(projects=project("A"), outputs=rows)
    shuffled = planbook.replace(outputs=planbook["outputs"].sample(fraction=1, shuffle=True, seed=2))
    one, other = (assemble(p).contributions for p in (planbook, shuffled))
    assert one.table.equals(other.table)
    np.testing.assert_array_equal(one.outputs.spread, other.outputs.spread)
