"""What if: the answer is that of a run of the changed planbook, to the last digit."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from builders import book, project

from backcast import interchange
from backcast.planbook import what_if
from backcast.planbook.changes import delayed, given_up
from backcast.planbook.practice import practice
from backcast.planbook.problem import PlanbookError
from backcast.planbook.results import place
from backcast.planbook.run import run
from backcast.planbook.sentences import percent

DRAWS = 200
PLANNED = ("planned_start", "planned_finish", "constraint_date")
COMPARED = ("state", "probability", "value", "expected_shortfall", "light")


@pytest.fixture(scope="module")
def province():
    plan = interchange.read(Path(__file__).parents[2] / "examples" / "shanxi").planbook
    return practice(plan, projects=150, seed=1)


@pytest.fixture(scope="module")
def before(province):
    return run(province, draws=DRAWS, seed=5)


@pytest.fixture(scope="module")
def stations(before):
    """The project that is worth most to the target for base stations."""
    drivers = [driver for driver in before.drivers("5g_base_stations") if driver.kind == "project"]
    return max(drivers, key=lambda driver: driver.worth).project


def _with_outputs(planbook):
    return planbook["outputs"]["project"].unique().sort()


def _of(planbook, table, project):
    return planbook[table].filter(pl.col(what_if.BY_PROJECT[table][0]) == project)


def _shifted(planbook, rng, by=None):
    """Move the planned dates of some projects, by up to half a year either way."""
    for code in rng.choice(planbook["projects"]["code"], 3):
        days = timedelta(days=by or int(rng.integers(-180, 181)))
        mine = pl.when(pl.col("project") == code)
        moved = [mine.then(pl.col(name) + days).otherwise(name).alias(name) for name in PLANNED]
        planbook = planbook.replace(activities=planbook["activities"].with_columns(moved))
    return planbook


def _larger_outputs(planbook, rng):
    projects = rng.choice(_with_outputs(planbook), 2).tolist()
    amount = pl.when(pl.col("project").is_in(projects)).then(pl.col("amount") * rng.uniform(0.1, 9)).otherwise("amount")
    return planbook.replace(outputs=planbook["outputs"].with_columns(amount))


def _given_up(planbook, rng):
    project = rng.choice(_with_outputs(planbook))
    stage = pl.when(pl.col("code") == project).then(pl.lit("terminated")).otherwise("stage").alias("stage")
    told = planbook["returns"].filter(pl.col("project") != project)
    return planbook.replace(projects=planbook["projects"].with_columns(stage), returns=told)


def _without(planbook, rng):
    """Leave a project out, with everything that is said of it."""
    project = rng.choice(_with_outputs(planbook))
    kept = {
        table: planbook[table].filter(pl.all_horizontal(pl.col(name) != project for name in names))
        for table, names in what_if.BY_PROJECT.items()
    }
    return planbook.replace(**kept)


def _with_another(planbook, rng):
    """Add a project that is like another one."""
    project = rng.choice(_with_outputs(planbook))
    new = {}
    for table, names in what_if.BY_PROJECT.items():
        rows = planbook[table].filter(pl.all_horizontal(pl.col(name) == project for name in names))
        new[table] = pl.concat([planbook[table], rows.with_columns(pl.lit("NEW").alias(name) for name in names)])
    return planbook.replace(**new)


def _linked(planbook, rng):
    """Let a project wait for another one, whose last activity it did not wait for."""
    one, other = rng.choice(planbook["activities"]["project"].unique().sort(), 2, replace=False)
    link = {
        "predecessor_project": one,
        "predecessor": _of(planbook, "activities", one)["code"].sort()[-1],
        "successor_project": other,
        "successor": _of(planbook, "activities", other)["code"].sort()[0],
        "lag": 40,
    }
    links = pl.concat([planbook["relationships"], pl.DataFrame([link])], how="diagonal_relaxed")
    return planbook.replace(relationships=links)


def _not_counted(planbook, rng):
    project = rng.choice(_with_outputs(planbook))
    counts = pl.when(pl.col("code") == project).then(pl.lit(False)).otherwise("counts").alias("counts")
    return planbook.replace(projects=planbook["projects"].with_columns(counts))


def _none_left(planbook, rng, indicator="5g_base_stations"):
    """Nothing adds to an indicator any more, by which another one is divided."""
    return planbook.replace(outputs=planbook["outputs"].filter(pl.col("indicator") != indicator))


CHANGES = (_shifted, _larger_outputs, _given_up, _without, _with_another, _linked, _not_counted, _none_left)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("seed", range(2))
def test_an_answer_is_that_of_a_run_of_the_changed_planbook(province, before, change, seed):
    changed = change(province, np.random.default_rng(seed))
    answer, after = before.what_if(changed), run(changed, draws=DRAWS, seed=5)
    assert answer.because is None
    told = {place(found): found for found in answer.changes}
    for was, now in zip(before.verdicts, after.verdicts, strict=True):
        expected = [getattr(now, name) for name in COMPARED]
        if place(now) in told:
            assert [getattr(told[place(now)], name) for name in COMPARED] == expected
            assert [getattr(told[place(now)], f"{name}_before") for name in COMPARED] != expected
        else:
            assert [getattr(was, name) for name in COMPARED] == expected


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda book: book.replace(targets=book["targets"].with_columns(pl.col("value") * 1.1)), "targets changed"),
        (
            lambda book: book.replace(
                risks=book["risks"].with_columns(pl.col("probability") / 2),
                classes=book["classes"].with_columns(p90=pl.col("p90") * 1.1),
            ),
            "risks, classes changed",
        ),
        (lambda book: _shifted(book, np.random.default_rng(1), by=30_000), "other years"),
    ],
)
def test_where_more_than_projects_changed_the_whole_planbook_is_run(province, before, change, told):
    changed = change(province)
    answer, after = before.what_if(changed), run(changed, draws=DRAWS, seed=5)
    assert told in answer.because.read("en")
    assert answer.projects == ()
    assert answer.changes
    expected = {place(found): found for found in after.verdicts}
    for change_ in answer.changes:
        assert [getattr(change_, name) for name in COMPARED] == [
            getattr(expected[place(change_)], name) for name in COMPARED
        ]


def test_a_denominator_that_is_touched_is_a_matter_of_the_whole_planbook(province, before, stations):
    outputs = province["outputs"].with_columns(
        indicator=pl.when(pl.col("project") == stations).then(pl.lit("population")).otherwise("indicator")
    )
    answer = before.what_if(province.replace(outputs=outputs))
    assert "much of it depends" in answer.because.read("en")


def test_only_what_waits_for_a_changed_project_is_drawn_again(province, before):
    links = province["relationships"].filter(pl.col("predecessor_project") != pl.col("successor_project"))
    one, other = links.row(0, named=True)["predecessor_project"], links.row(0, named=True)["successor_project"]
    changed = province.replace(
        projects=province["projects"].with_columns(
            counts=pl.when(pl.col("code") == other).then(pl.lit(False)).otherwise("counts")
        )
    )
    answer = before.what_if(changed)
    assert {one, other} <= set(answer.projects)
    assert len(answer.projects) < 20


def test_the_same_rows_in_another_order_change_nothing(province, before):
    shuffled = province.replace(
        **{name: frame.sample(fraction=1, shuffle=True, seed=3) for name, frame in province.tables.items()}
    )
    answer = before.what_if(shuffled)
    assert (answer.because, answer.projects, len(answer.changes)) == (None, (), 0)
    assert str(answer) == "No target changes."


def test_the_largest_change_comes_first_and_is_told_in_a_sentence(province, before, stations):
    changed = given_up(province, stations, before.data_date)
    answer = before.what_if(changed)
    points = [abs(change.probability - change.probability_before) for change in answer.changes]
    assert points == sorted(points, reverse=True)
    assert points[0] > 0
    first = answer.changes[0]
    likely = f"{percent(first.probability_before)} → {percent(first.probability)} likely"
    assert likely in str(answer).splitlines()[0]
    assert answer.changes.to_frame()["value_before_p50"][0] == first.value_before.p50


def test_a_new_target_is_told_as_one_that_was_not_in_force(province, before):
    row = province["targets"].filter(pl.col("indicator") == "5g_base_stations").head(1)
    new = row.with_columns(date=pl.lit(date(2024, 12, 31)))
    answer = before.what_if(province.replace(targets=pl.concat([province["targets"], new])))
    (change,) = answer.changes
    assert (change.state_before, change.state) == (None, "forecast")
    assert "not in force → " in str(answer)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ([1, 2, 3], [1, 2, 3], []),
        ([1, 2, 3], [3, 1, 2], []),
        ([1, 2, 3], [1, 5, 3], [2, 5]),
        ([1, 2, 3], [1, 3], [2]),
        ([1, 3], [1, 2, 3], [2]),
        ([1, 2, 2], [1, 2], [2]),
        ([], [1, 1], [1]),
        ([1, None, 2], [None, 2], [1]),
    ],
)
def test_rows_that_differ_are_those_of_one_table_more_than_of_the_other(one, other, found):
    frames = (pl.DataFrame({"a": rows, "b": rows}, schema={"a": pl.Int64, "b": pl.Int64}) for rows in (one, other))
    assert sorted(what_if.differing(*frames)["a"]) == found


def test_amounts_that_cannot_be_counted_with_are_refused_as_by_a_run(province, before, stations):
    outputs = province["outputs"].with_columns(
        amount=pl.when(pl.col("project") == stations).then(pl.lit(1e13)).otherwise("amount")
    )
    with pytest.raises(PlanbookError, match="larger unit"):
        before.what_if(province.replace(outputs=outputs))


def _shares_of_people(**denominator):
    """A ratio with a target: stations, which a project adds to, for each of some people."""
    figures = [("N", "2021-12-31", 10.0), ("D", "2021-12-31", 40.0), ("D", "2022-12-31", 45.0), ("D", "2023-12-31", 48)]
    return book(
        indicators=[
            {"code": "I", "kind": "ratio", "numerator": "N", "denominator": "D"},
            {"code": "N", "basis": "projects"},
            {"code": "D"} | denominator,
        ],
        targets={"value": 1.0},
        observations=[{"indicator": code, "date": day, "value": value} for code, day, value in figures],
        projects=[project("A"), project("B")],
        outputs=[{"project": "A", "indicator": "N", "amount": 44.0}, {"project": "B", "indicator": "N", "amount": 2.0}],
        classes={"p10": 0.8, "p50": 1.1, "p90": 2.0},
    )


def _agree(planbook, changed):
    """Ask, run the changed planbook as well, and return the answer once it is the same."""
    before, after = run(planbook, draws=DRAWS), run(changed, draws=DRAWS)
    answer = before.what_if(changed)
    assert answer.because is None
    (was,), (now,) = before.verdicts, after.verdicts
    told = answer.changes[0] if answer.changes else was
    assert [getattr(told, name) for name in COMPARED] == [getattr(now, name) for name in COMPARED]
    return was, answer


def test_a_ratio_follows_what_it_is_divided_from():
    planbook = _shares_of_people()
    was, answer = _agree(planbook, delayed(planbook, "A", 150, date(2023, 12, 31)))
    assert was.state == "forecast"
    assert answer.changes[0].probability < was.probability


def test_a_ratio_that_could_not_be_divided_still_cannot():
    """People may dwindle to none in some draw: nothing is divided by them, on no day."""
    planbook = _shares_of_people(can_fall=True)
    figures = planbook["observations"].with_columns(
        value=pl.when(pl.col("indicator") == "D").then(50.0 - 20 * pl.int_range(pl.len())).otherwise("value")
    )
    planbook = planbook.replace(observations=figures)
    was, answer = _agree(planbook, delayed(planbook, "A", 150, date(2023, 12, 31)))
    assert was.state == "no_evidence"
    assert not answer.changes


def test_an_output_that_is_gone_touches_only_its_own_project():
    planbook = _shares_of_people()
    _, answer = _agree(planbook, planbook.replace(outputs=planbook["outputs"].filter(pl.col("project") == "A")))
    assert answer.projects == ("B",)
    assert answer.changes
