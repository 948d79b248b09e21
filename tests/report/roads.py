"""A made-up history: roads and bridges that take longer than planned, some still under way."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

CUTOFF, OBSERVED = date(2020, 12, 31), date(2022, 12, 31)


def made_up(n: int = 160, *, seed: int = 1, interval: str | None = "construction") -> pl.DataFrame:
    """Return ``n`` projects that started from 2015 on; what had not ended by the last day is running."""
    rng = np.random.default_rng(seed)
    starts = [date(2015, 1, 1) + timedelta(days=int(day)) for day in rng.integers(0, 2400, n)]
    planned = rng.integers(200, 600, n)
    took = np.maximum(planned * np.exp(rng.normal(0.2, 0.4, n)), 1.0)
    ends = [start + timedelta(days=int(days)) for start, days in zip(starts, took, strict=True)]
    return pl.DataFrame(
        {
            "id": [f"P{k:03}" for k in range(n)],
            "class": ["transport/roads" if k % 2 else "bridges" for k in range(n)],
            "interval": [interval] * n,
            "planned_start": starts,
            "planned_finish": [start + timedelta(days=int(days)) for start, days in zip(starts, planned, strict=True)],
            "actual_start": starts,
            "actual_finish": [end if end <= OBSERVED else None for end in ends],
            "observed_at": [OBSERVED] * n,
        }
    )
