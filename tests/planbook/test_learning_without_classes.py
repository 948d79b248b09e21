"""A table without classes and without intervals is learned from as any other."""

from __future__ import annotations

from datetime import date, timedelta
from math import inf

import polars as pl
import pytest

import backcast as bc

ALONE = pl.DataFrame()


def _history(n=60):
    starts = [date(2020, 1, 1) + timedelta(days=20 * k) for k in range(n)]
    took = [60 + 7 * (k % 20) for k in range(n)]
    return pl.DataFrame(
        {
            "id": [f"P{k}" for k in range(n)],
            "actual_start": starts,
            "planned_finish": [start + timedelta(days=100) for start in starts],
            "actual_finish": [start + timedelta(days=days) for start, days in zip(starts, took, strict=True)],
        }
    )


def test_it_has_one_class_the_root():
    learned = bc.learn(_history(), prior=ALONE)
    assert learned.to_frame().select("class", "interval", "n").rows() == [("*", None, 60)]
    assert learned.half_lives == {"": inf}


def test_it_tells_what_one_class_of_one_interval_tells():
    named = _history().with_columns(**{"class": pl.lit("road"), "interval": pl.lit("construction")})
    alone, one = (bc.learn(history, prior=ALONE).to_frame()[0] for history in (_history(), named))
    assert alone["p50"].item() == pytest.approx(one["p50"].item())


def test_it_can_be_tried_on_its_past():
    assert bc.backtest(_history(), "2021-06-30", prior=ALONE).overall.n_scored > 0
