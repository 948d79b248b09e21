"""What if: the answer is that of a run of the changed planbook, to the last digit."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from backcast import interchange
from backcast.planbook import what_if
from backcast.planbook.practice import practice
from backcast.planbook.results import place
from backcast.planbook.run import run

DRAWS = 200
COMPARED = ("state", "probability", "value", "expected_shortfall", "light")


@pytest.fixture(scope="module")
def province():
    plan = interchange.read(Path(__file__).parents[2] / "examples" / "shanxi").planbook
    return practice(plan, projects=150, seed=1)


@pytest.fixture(scope="module")
def before(province):
    return run(province, draws=DRAWS, seed=5)


def _with_outputs(planbook):
    return planbook["outputs"]["project"].unique().sort()


def _of(planbook, table, project):
    return planbook[table].filter(pl.col(what_if.BY_PROJECT[table][0]) == project)


def _shifted(planbook, rng):
    """Move the planned dates of some projects, by up to half a year either way."""
    for project in rng.choice(planbook["projects"]["code"], 3):
        days = timedelta(days=int(rng.integers(-180, 181)))
        mine = pl.when(pl.col("project") == project)
        moved = [mine.then(pl.col(name) + days).otherwise(name).alias(name) for name in PLANNED]
        planbook = planbook.replace(activities=planbook["activities"].with_columns(moved))
    return planbook


PLANNED = ("planned_start", "planned_finish", "constraint_date")


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
