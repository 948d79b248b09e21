"""What is given up early, or late, changes what an age tells."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from backcast.engine.quantiles import given_up
from backcast.planbook.backtest import backtest
from backcast.planbook.learning import learn

END, CUTOFF, SHARE = date(2024, 12, 31), date(2022, 6, 30), 0.3


def register(given_up_at, n=6000, seed=5):
    """Intervals planned for 400 days, some of which are given up at a ratio drawn by ``given_up_at``."""
    rng = np.random.default_rng(seed)
    start = np.array([date(2012, 1, 1) + timedelta(days=int(day)) for day in rng.integers(0, 3800, n)])
    finish = np.exp(rng.normal(0.1, 0.4, n))
    never = rng.random(n) < SHARE
    ratio = np.where(never, given_up_at(rng, n), finish)
    over = np.array([begun + timedelta(days=int(400 * r)) for begun, r in zip(start, ratio, strict=True)])
    known = over <= END
    status = np.where(known, np.where(never, "cancelled", "finished"), "running")
    return pl.DataFrame(
        {
            "id": [f"P{k}" for k in range(n)],
            "planned_start": start.tolist(),
            "planned_finish": [day + timedelta(days=400) for day in start],
            "actual_start": start.tolist(),
            "actual_finish": [day if told else None for day, told in zip(over, known, strict=True)],
            "status": status,
        }
    )


EARLY = (lambda rng, n: rng.uniform(0.1, 0.5, n), 0.5, 3.0)
LATE = (lambda rng, n: rng.uniform(2.5, 4.0, n), 1.5, 2.5)


@pytest.mark.parametrize(("when", "from_age", "to_age"), [EARLY, LATE], ids=["early", "late"])
def test_what_is_still_under_way_is_given_up_as_often_as_its_age_says(when, from_age, to_age):
    history = register(when)
    cases = backtest(history, CUTOFF, prior=pl.DataFrame()).cases
    age = pl.lit(CUTOFF) - pl.col("start")
    aged = cases.filter(age.dt.total_days().is_between(400 * from_age, 400 * to_age), pl.col("until") > 800)
    came = aged["after"].is_not_null().mean()
    assert aged.height > 50
    assert aged["ever"].mean() == pytest.approx(came, abs=0.12)


def test_of_what_has_not_begun_the_share_given_up_is_that_of_the_class():
    for when in (EARLY[0], LATE[0]):
        root = learn(register(when), prior=pl.DataFrame()).to_frame().row(0, named=True)
        assert root["cancelled"] == pytest.approx(SHARE, abs=0.03)
    assert given_up(0.3, -2.0, -np.inf) == 0.3


def test_early_and_late_are_told_apart():
    early, late = (
        learn(register(when), prior=pl.DataFrame()).to_frame()["cancelled_later"][0] for when in (EARLY[0], LATE[0])
    )
    assert early < -1.0 < 1.0 < late


def test_cancellations_at_the_times_of_finishes_leave_the_share_as_it_is():
    np.testing.assert_allclose(given_up(0.3, 0.0, np.linspace(-6, 6, 25)), 0.3)
    assert (np.diff(given_up(0.3, -1.0, np.linspace(-3, 3, 25))) < 0).all()
