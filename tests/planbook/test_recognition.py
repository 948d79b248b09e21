"""Recognition: what is applied for is recognised or refused in batches, and a run uses both chance and time."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from builders import book, project

import backcast as bc
from backcast.engine.calendar import NEVER
from backcast.planbook.assembly import assemble

ALONE = pl.DataFrame()
TODAY, N = date(2024, 1, 1), 4_000
PLANNED, EVERY, CHANCE = 200, 182, 0.6


def _history(seed: int = 1, pending: bool = True) -> pl.DataFrame:
    """Applied for on any day of ten years, decided on by one of the next three batches of half a year each.

    Three in five are recognised; what is not decided on by today is pending, or is not told at all.
    """
    rng = np.random.default_rng(seed)
    applied = rng.integers(0, 3_650, N)
    batch = (applied // EVERY + 1 + rng.choice(3, N, p=[0.5, 0.3, 0.2])) * EVERY
    recognised = rng.random(N) < CHANCE
    first = TODAY - timedelta(3_650)
    rows = [
        {
            "id": str(k),
            "class": "laboratory",
            "interval": "recognition",
            "planned_start": first + timedelta(int(applied[k])),
            "actual_start": first + timedelta(int(applied[k])),
            "planned_finish": first + timedelta(int(applied[k]) + PLANNED),
            "actual_finish": first + timedelta(int(batch[k])) if batch[k] <= 3_650 else None,
            "status": "running" if batch[k] > 3_650 else "finished" if recognised[k] else "cancelled",
            "observed_at": TODAY,
        }
        for k in range(N)
        if pending or batch[k] <= 3_650
    ]
    return pl.DataFrame(rows)


def _waits(seed: int = 2, n: int = 200_000) -> np.ndarray:
    """Days from the application to the batch, as they truly are."""
    rng = np.random.default_rng(seed)
    return rng.integers(1, EVERY + 1, n) + EVERY * rng.choice(3, n, p=[0.5, 0.3, 0.2])


@pytest.fixture(scope="module")
def classes() -> pl.DataFrame:
    return bc.learn(_history(), prior=ALONE).to_frame()


def _class(classes: pl.DataFrame) -> dict:
    (row,) = classes.filter(pl.col("class") == "laboratory").iter_rows(named=True)
    return row


def test_the_share_refused_is_the_truth(classes):
    assert _class(classes)["cancelled"] == pytest.approx(1 - CHANCE, abs=0.03)


def test_the_time_to_recognition_is_the_truth(classes):
    for percent in (10, 50, 90):
        truth = np.percentile(_waits(), percent) / PLANNED
        assert _class(classes)[f"p{percent}"] == pytest.approx(truth, rel=0.05, abs=0.03)


def _recognised(classes: pl.DataFrame, applied: str, draws: int = 20_000) -> np.ndarray:
    """Days after today until an application is recognised; infinite where it is refused."""
    finish = date.fromisoformat(applied) + timedelta(PLANNED)
    lab = project("A", str(finish), start=applied, kind="recognition", stage="applied", stage_date=applied)
    rows = [row for row in classes.iter_rows(named=True) if row["interval"] in ("recognition", None)]
    planbook = book(projects=[lab | {"class": "laboratory"}], classes=rows)
    found = assemble(planbook)
    drawn = found.simulation(draws=draws, seed=1).finishes([found.library.gates()["A", "recognition"]])[0]
    return np.where(drawn == NEVER, np.inf, drawn - found.now)


def test_a_run_recognises_the_share_that_history_did_and_as_fast(classes):
    days = _recognised(classes, "2023-12-31")
    assert np.isfinite(days).mean() == pytest.approx(CHANCE, abs=0.03)
    for percent in (10, 50, 90):
        told = np.percentile(days[np.isfinite(days)], percent)
        assert told == pytest.approx(_class(classes)[f"p{percent}"] * PLANNED, abs=8)


def test_what_has_waited_for_a_year_is_decided_on_soon(classes):
    """At a year of age only the third batch is left, half a year at most."""
    days = _recognised(classes, "2022-12-31")
    assert np.isfinite(days).mean() == pytest.approx(CHANCE, abs=0.04)
    left = _waits()
    left = left[left > 366] - 366
    assert np.median(days[np.isfinite(days)]) == pytest.approx(np.median(left), abs=15)


def test_pending_applications_do_not_flatter_the_rest():
    """The slow ones are pending: left out of the history, recognition looks faster than it is."""
    told = [_class(bc.learn(_history(pending=kept), prior=ALONE).to_frame())["p90"] for kept in (True, False)]
    truth = np.percentile(_waits(), 90) / PLANNED
    assert abs(told[0] - truth) < abs(told[1] - truth)
