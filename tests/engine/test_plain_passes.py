"""Networks whose days are all worked and that have nothing but relationships FS: quicker passes, the same dates."""

import numpy as np
import pytest
from networks import SEVEN_DAYS, Case, by_engine, by_oracle
from oracle import Activity, Relationship

from backcast.engine import _kernels
from backcast.engine.calendar import NONE, Calendars
from backcast.engine.network import FF, FS, Network
from backcast.engine.schedule import schedule

EVERY_DAY = np.ones((1, 80), bool)
COLUMNS = ("early_start", "early_finish", "late_start", "late_finish", "resume", "total_float", "free_float")


def drawn(seed, n=60):
    """Durations, projects, relationships with lags and leads, and required finishes for some projects."""
    rng = np.random.default_rng(seed)
    ends = np.sort(np.stack([rng.choice(n, 2, replace=False) for _ in range(100)]), axis=1)
    return {
        "duration": rng.integers(0, 9, n),
        "project": rng.integers(0, 4, n),
        "ends": ends.T,
        "lag": rng.integers(-6, 7, len(ends)),
        "required": np.where(rng.random(4) < 0.5, rng.integers(0, 81, 4), NONE),
    }


def scheduled(given, data_date, **more):
    """Schedule after one more activity, in a project of its own, with ``more`` of it than a plain one has."""
    n = given["duration"].size
    network = Network.build(
        tuple(map(str, range(n + 1))),
        np.append(given["project"], 4),
        np.append(given["duration"], 1),
        np.zeros(n + 1),
        calendars=Calendars.of(EVERY_DAY),
        predecessor=given["ends"][0],
        successor=given["ends"][1],
        type=np.full(given["lag"].size, FS),
        lag=given["lag"],
        **{name: np.append(np.full(n, NONE), value) for name, value in more.items()},
    )
    required = np.append(given["required"], NONE)
    return schedule(network, data_date, required), _kernels.is_plain(network.logic, data_date, required[:0])


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("data_date", [0, 3, 50, 80])
def test_plain_passes_give_what_the_general_ones_give_up_to_the_horizon(seed, data_date):
    given = drawn(seed)
    plain, is_plain = scheduled(given, data_date)
    general, is_too = scheduled(given, data_date, start_no_later=70)
    assert (is_plain, is_too) == (True, False)
    others = plain.network.position < 60
    for name in COLUMNS:
        assert getattr(plain, name)[others].tolist() == getattr(general, name)[others].tolist(), name
    assert plain.driving.tolist() == general.driving.tolist()


@pytest.mark.parametrize("seed", range(8))
def test_plain_passes_give_the_dates_of_the_slow_implementation(seed):
    given = drawn(seed, n=15)
    activities = [Activity(int(d), project=int(p)) for d, p in zip(given["duration"], given["project"], strict=True)]
    links = [Relationship(int(i), int(j), lag=int(lag)) for i, j, lag in zip(*given["ends"], given["lag"], strict=True)]
    required = {0: 540, 1: 520}
    case = Case(activities, links, (SEVEN_DAYS,), required_finish=required)
    assert by_engine(case) == by_oracle(case)


@pytest.mark.parametrize(
    ("worked", "kind", "data_date", "given"),
    [
        (np.arange(80) % 7 < 5, FS, 0, {}),
        (EVERY_DAY, FF, 0, {}),
        (EVERY_DAY, FS, -1, {}),
        (EVERY_DAY, FS, 81, {}),
        *((EVERY_DAY, FS, 0, {name: [NONE, 5]}) for name in ("actual_start", "actual_finish")),
        *(
            (EVERY_DAY, FS, 0, {f"{end}_no_{when}": [NONE, 5]})
            for end in ("start", "finish")
            for when in ("earlier", "later")
        ),
    ],
)
def test_what_is_not_plain_is_seen(worked, kind, data_date, given):
    network = Network.build(
        ["A", "B"],
        [0, 0],
        [1, 1],
        [0, 0],
        calendars=Calendars.of(worked),
        predecessor=[0],
        successor=[1],
        type=[kind],
        lag=[0],
        **given,
    )
    assert not _kernels.is_plain(network.logic, data_date, np.empty(0, np.int32))


@pytest.mark.parametrize("required", [-1, 81])
def test_a_required_finish_beyond_the_calendar_is_not_plain(required):
    network = Network.build(["A"], [0], [1], [0], calendars=Calendars.of(EVERY_DAY))
    assert _kernels.is_plain(network.logic, 0, np.array([80], np.int32))
    assert not _kernels.is_plain(network.logic, 0, np.array([required], np.int32))
