"""Trends of indicators: laws, the real series of Shanxi, and the scores that chose the method."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from backcast.engine import portable, trend
from backcast.engine.random import stable_id
from backcast.engine.scores import holds, pinball

ID = stable_id("5g_base_stations", "140000")
DRAWS = 100

# Series of the province unless told otherwise, compiled from public pages (examples/shanxi tells the source of each
# figure). Rounded repetitions, lower bounds and contradicting counts are left out, as the example does.
SERIES = {
    "5G stations": "2020-06-30 11512 2020-07-31 12000 2020-12-31 16000 2022-01-04 34000 2022-12-08 67000"
    " 2023-08-10 84000 2023-11-30 93307 2024-12-31 108000",
    "smart mines": "2022-12-31 37 2023-03-31 39 2023-08-10 46 2024-01-16 118 2024-12-23 244 2024-12-31 268"
    " 2025-11-30 369 2025-12-31 400",
    "smart faces": "2020-12-31 51 2021-12-31 328 2022-08-17 548 2022-12-31 993 2023-08-10 1161 2024-01-16 1491",
    "racks": "2020-12-31 233600 2023-08-10 827800 2024-08-31 1012000",
    "egress": "2013-12-31 3320 2019-02-28 16895 2021-06-30 38276",
    "key laboratories": "2011-12-31 28 2022-09-22 117 2025-05-14 173",
    "5G stations, nation": "2021-12-31 1425000 2022-10-31 2250000 2022-12-31 2312000 2024-06-30 3917000",
    "servers, Datong": "2024-11-05 558000 2024-12-31 680000 2025-08-22 736000 2025-12-31 758000",
    "5G users": "2020-08-31 4236000 2021-06-30 5730000 2022-12-08 12500000",
}
# The same as printed: with the rounded repetitions, lower bounds and falls.
AS_PRINTED = SERIES | {
    "5G stations": "2020-06-30 11512 2020-07-31 12000 2020-12-31 16000 2022-01-04 34000 2022-12-31 67000"
    " 2023-08-02 82000 2023-08-10 84000 2023-11-30 93307 2023-12-31 93000 2024-12-31 108000 2025-05-14 107000",
    "smart mines": "2021-09-09 16 2022-08-17 22 2023-03-17 37 2023-03-31 39 2023-08-10 46 2023-12-31 118"
    " 2024-01-23 107 2024-12-23 244 2024-12-31 268 2025-05-14 268 2025-11-30 369 2025-12-31 400",
    "smart faces": "2020-12-31 51 2021-12-31 328 2022-08-17 548 2023-03-17 993 2023-03-31 993 2023-08-10 1161"
    " 2023-12-31 1491 2024-01-23 1398",
    "racks": "2020-12-31 233600 2023-08-10 827800 2024-08-31 1012000 2025-05-14 1012000",
    "5G stations, nation": "2021-12-31 1425000 2022-03-31 1506000 2022-10-31 2250000 2022-12-31 2312000"
    " 2024-06-30 3917000",
    "servers, Datong": "2024-11-05 558000 2024-12-31 680000 2025-03-12 680000 2025-08-22 736000 2025-12-31 758000",
}


def _day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def _observations(text: str, until: str = "9999-12-31") -> tuple[np.ndarray, np.ndarray]:
    words = text.split()
    pairs = [(_day(day), float(value)) for day, value in zip(words[::2], words[1::2], strict=True) if day <= until]
    days, values = zip(*pairs, strict=True)
    return np.array(days), np.array(values)


def _values(fitted: trend.Trend, *days: int, draws: int = DRAWS) -> np.ndarray:
    return fitted.last_value + trend.increments(fitted, 0, ID, draws, days)


@st.composite
def growing(draw: st.DrawFn, least: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Observations of a quantity that only grows; some repeat the one before."""
    gaps = draw(st.lists(st.integers(1, 900), min_size=least - 1, max_size=8))
    steps = draw(st.lists(st.integers(0, 10_000), min_size=len(gaps), max_size=len(gaps)))
    first = draw(st.integers(0, 10_000))
    return np.cumsum([first, *gaps]), np.cumsum([first, *steps]).astype(float)


# Laws


@given(growing())
def test_a_growing_quantity_never_falls_in_any_draw(observations):
    days, values = observations
    fitted = trend.fit(days, values)
    paths = _values(fitted, *range(days[-1] - 10, days[-1] + 2_000, 50))
    assert (paths >= values[-1]).all()
    assert (np.diff(paths, axis=0) >= 0).all()


@given(growing())
def test_nothing_is_added_on_or_before_the_day_of_the_last_observation(observations):
    days, values = observations
    for can_fall in (False, True):
        fitted = trend.fit(days, values + 1.0, can_fall=can_fall, ceiling=1e6)
        assert (trend.increments(fitted, 0, ID, DRAWS, [days[0] - 5, days[-1]]) == 0.0).all()


@given(growing(), st.floats(0.0, 1000.0))
def test_a_ceiling_is_never_passed(observations, room):
    days, values = observations
    fitted = trend.fit(days, values, ceiling=values[-1] + room)
    paths = _values(fitted, days[-1] + 1, days[-1] + 10_000)
    assert (paths >= values[-1]).all()
    assert (paths <= (values[-1] + room) * (1 + 1e-12)).all()


@given(growing(), st.floats(0.001, 1000.0))
def test_another_unit_gives_the_same_forecast(observations, factor):
    days, values = observations
    one = trend.increments(trend.fit(days, values), 0, ID, DRAWS, [days[-1] + 400])
    other = trend.increments(trend.fit(days, values * factor, unit=factor), 0, ID, DRAWS, [days[-1] + 400])
    np.testing.assert_allclose(other, one * factor, rtol=1e-6)


@given(growing(), st.integers(-5_000, 5_000))
def test_only_the_time_between_observations_matters(observations, shift):
    days, values = observations
    one = trend.increments(trend.fit(days, values), 0, ID, DRAWS, [days[-1] + 400])
    other = trend.increments(trend.fit(days + shift, values), 0, ID, DRAWS, [days[-1] + shift + 400])
    np.testing.assert_array_equal(one, other)


@given(growing(), st.randoms())
def test_observations_may_come_in_any_order(observations, random):
    days, values = observations
    order = random.sample(range(days.size), days.size)
    assert trend.fit(days[order], values[order]) == trend.fit(days, values)


@given(st.integers(1, 12), st.integers(20, 800), st.integers(1, 10_000))
def test_more_observations_at_the_same_pace_narrow_the_band(n_intervals, gap, step):
    steps = np.arange(n_intervals + 2)
    fewer, more = (trend.fit(steps[:n] * gap, steps[:n] * float(step)) for n in (n_intervals + 1, n_intervals + 2))
    assert more.pace == pytest.approx(fewer.pace)
    assert more.spread * stats.t.ppf(0.9, more.dof) < fewer.spread * stats.t.ppf(0.9, fewer.dof)


@given(growing())
def test_a_falling_quantity_is_the_mirror_image_of_a_growing_one(observations):
    days, values = observations
    up = trend.increments(trend.fit(days, values), 0, ID, DRAWS, [days[-1] + 400])
    down = trend.increments(trend.fit(days, -values, direction="lower"), 0, ID, DRAWS, [days[-1] + 400])
    np.testing.assert_array_equal(down, -up)
    approach = trend.fit(days, values, ceiling=values[-1] + 9)
    mirrored = trend.fit(days, -values, direction="lower", floor=-values[-1] - 9)
    np.testing.assert_array_equal(
        trend.increments(approach, 0, ID, DRAWS, [days[-1] + 400]),
        -trend.increments(mirrored, 0, ID, DRAWS, [days[-1] + 400]),
    )


def test_a_count_that_rises_although_lower_is_better_goes_on_rising():
    fitted = trend.fit([0, 365], [10, 20], direction="lower")
    assert (trend.increments(fitted, 0, ID, DRAWS, [730]) > 0).all()


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=8))
def test_a_share_stays_between_its_bounds(per_mille):
    days, shares = np.arange(len(per_mille)) * 200, np.array(per_mille) / 10
    fitted = trend.fit(days, shares, can_fall=True, floor=0.0, ceiling=100.0, unit=0.1)
    paths = _values(fitted, days[-1] + 1, days[-1] + 300, days[-1] + 3_000)
    assert (paths >= 0.0).all()
    assert (paths <= 100.0 * (1 + 1e-12)).all()


@given(st.lists(st.floats(0.1, 1e6), min_size=2, max_size=8))
def test_a_quantity_that_may_fall_stays_positive(values):
    days = np.arange(len(values)) * 200
    fitted = trend.fit(days, values, can_fall=True, unit=0.1)
    assert (_values(fitted, days[-1] + 1, days[-1] + 700) >= 0.0).all()


def test_a_quantity_that_may_fall_does_so_in_some_draws_although_it_rose():
    fitted = trend.fit([0, 365, 730], [50.0, 51.0, 54.0], can_fall=True)
    change = trend.increments(fitted, 0, ID, 4_000, [1095])[0]
    assert 0.02 < (change < 0).mean() < 0.4
    assert abs(np.median(change) / fitted.pace - 1) < 0.1


def test_a_quantity_that_hardly_moves_gets_a_narrow_band():
    # Population of the province: census of 2020, ends of 2021 and 2022; 34,813,500 came.
    days, values = _observations("2020-11-01 34915616 2021-12-31 34804800")
    low, high = np.quantile(
        _values(trend.fit(days, values, can_fall=True), _day("2022-12-31"), draws=4_000), [0.1, 0.9]
    )
    assert low < 34_813_500 < high
    assert high - low < 0.02 * values[-1]


# What there is to go by


@pytest.mark.parametrize("days", [[], [5], [5, 5]])
def test_fewer_than_two_days_give_no_trend(days):
    assert trend.fit(days, np.arange(len(days))) is None
    assert trend.best_pace(days, np.arange(len(days)), 365) is None


def test_two_observations_give_a_trend_with_their_pace_as_its_median():
    fitted = trend.fit([0, 365.25], [100, 300])
    assert portable.exp(fitted.mean) == pytest.approx(200.0)
    assert fitted.pace == pytest.approx(200.0)
    assert (fitted.kind, fitted.dof, fitted.pooled) == ("growth", 3, False)


def test_several_values_of_one_day_count_as_their_mean():
    assert trend.fit([0, 365, 365], [100, 290, 310]) == trend.fit([0, 365], [100, 300])


def test_a_quantity_that_may_fall_and_is_not_positive_needs_a_floor():
    assert trend.fit([0, 365], [-1.0, 2.0], can_fall=True) is None
    assert trend.fit([0, 365], [-1.0, 2.0], can_fall=True, floor=-10.0).kind == "log"


def test_a_share_at_its_ceiling_may_still_fall():
    fitted = trend.fit([0, 365], [99.0, 100.0], can_fall=True, ceiling=100.0, unit=0.1)
    assert np.quantile(_values(fitted, 1_100, draws=4_000), 0.02) < 99.0


def test_no_change_at_all_counts_as_half_a_unit_over_the_whole_history():
    fitted = trend.fit([0, 731], [7.0, 7.0], unit=1.0)
    assert fitted.pace == pytest.approx(0.5 / 731 * 365.25)


def test_observations_that_do_not_pair_up_or_are_not_numbers_are_refused():
    with pytest.raises(ValueError, match="3 days and 2 values"):
        trend.fit([0, 1, 2], [1.0, 2.0])
    with pytest.raises(ValueError, match="not a number"):
        trend.fit([0, 1], [1.0, np.nan])


def test_a_repeated_figure_does_not_blow_up_the_band():
    days, values = _observations(AS_PRINTED["racks"])
    low, high = np.quantile(_values(trend.fit(days, values), _day("2025-12-31"), draws=4_000), [0.1, 0.9])
    assert 1_012_000 < low < high < 1_400_000


def test_a_rounded_fall_counts_as_a_slow_interval():
    days, values = _observations(AS_PRINTED["5G stations"], "2023-12-31")
    assert values[-1] < values[-2]
    with_fall, without = trend.fit(days, values), trend.fit(days[:-1], values[:-1])
    assert with_fall.pace == pytest.approx(without.pace, rel=0.1)
    assert with_fall.spread < 1.2 * without.spread


# The library's part, and other indicators'


def test_without_deliveries_the_residual_is_the_trend_itself():
    days, values = _observations(SERIES["5G stations"])
    assert trend.fit_residual(days, values, np.full(days.size, 7.0)) == trend.fit(days, values)


def test_what_the_library_delivered_is_taken_off_the_pace():
    fitted = trend.fit_residual([0, 365.25, 730.5], [0, 100, 200], [0, 60, 120])
    assert fitted.last_value == 200
    assert fitted.pace == pytest.approx(40.0)


def test_deliveries_beyond_what_was_observed_leave_nothing_but_no_less():
    more = trend.fit_residual([0, 365.25, 730.5], [0, 100, 200], [0, 300, 340])
    assert more == trend.fit_residual([0, 365.25, 730.5], [0, 100, 200], [0, 100, 140])
    assert trend.fit_residual([0, 365.25], [0, 100], [0, 300]).pace == pytest.approx(0.5)


def test_a_borrowed_pace_is_the_others_typical_share_of_the_target_per_year():
    borrowed = trend.pool(0, 5.0, [10, 40, -3, 7], [100, 100, 100, 0], 30.0)
    assert borrowed.pooled
    assert borrowed.pace == pytest.approx(30.0 * 0.2)  # the geometric mean of a tenth and four tenths
    assert trend.pool(0, 5.0, [10, 40], [100, 100], 30.0, ceiling=30.0).pace == pytest.approx(6.0)


def test_a_borrowed_pace_is_less_certain_than_an_observed_one_and_says_so():
    own = trend.fit([0, 365], [0, 10])
    few, many = (trend.pool(0, 5.0, [10.0] * n, [100.0] * n, 30.0) for n in (1, 20))
    assert own.spread < few.spread
    assert many.spread < few.spread


def test_with_nobody_to_borrow_from_there_is_no_pace():
    assert trend.pool(0, 5.0, [], [], 30.0) is None
    assert trend.pool(0, 5.0, [-1.0], [10.0], 30.0) is None
    assert trend.pool(0, 5.0, [1.0], [10.0], 0.0) is None


def test_the_best_pace_is_the_steepest_average_over_so_long_a_time():
    days, values = [0, 100, 200, 600], [0.0, 10.0, 110.0, 150.0]
    assert trend.best_pace(days, values, 100) == pytest.approx(365.25)
    assert trend.best_pace(days, values, 150) == pytest.approx(110 / 200 * 365.25)
    assert trend.best_pace(days, values, 5_000) == pytest.approx(150 / 600 * 365.25)
    assert trend.best_pace(days, [0.0, -10.0, -20.0, 0.0], 100, direction="lower") == pytest.approx(-36.525)


# Random numbers


def test_student_t_numbers_follow_students_t():
    for dof in (3, 8):
        assert stats.kstest(trend.student_t(0, ID, 20_000, dof), stats.t(dof).cdf).pvalue > 0.01


def test_the_first_draws_are_the_same_however_many_follow():
    fitted = trend.fit([0, 365], [0, 10])
    many = trend.increments(fitted, 0, ID, 1_000, [800])
    np.testing.assert_array_equal(trend.increments(fitted, 0, ID, 10, [800]), many[:, :10])
    assert (trend.increments(fitted, 0, ID + 1, 10, [800]) != many[:, :10]).all()


# The real series


def test_two_observations_of_2020_give_120000_stations_by_2025_one_chance_in_five():
    # 11,512 at 2020-06-30 and 16,000 at 2020-12-31. Undiscounted weights tell 20%.
    days, values = _observations("2020-06-30 11512 2020-12-31 16000")
    met = _values(trend.fit(days, values), _day("2025-12-31"), draws=20_000) >= 120_000
    assert met.mean() == pytest.approx(0.21, abs=0.01)


def test_three_observations_hold_the_stations_of_november_2023():
    # Undiscounted weights tell 86,500–101,900 for these three; 93,307 came.
    days, values = _observations("2020-06-30 11512 2020-12-31 16000 2023-08-10 84000")
    low, high = np.quantile(_values(trend.fit(days, values), _day("2023-11-30"), draws=20_000), [0.1, 0.9])
    assert (low, high) == pytest.approx((87_000, 103_700), abs=300)
    assert low < 93_307 < high


@pytest.mark.parametrize("table", [SERIES, AS_PRINTED], ids=["series", "as printed"])
def test_at_august_2023_the_band_of_november_holds_what_came_and_is_narrow(table):
    days, values = _observations(table["5G stations"], "2023-08-31")
    low, high = np.quantile(_values(trend.fit(days, values), _day("2023-11-30"), draws=10_000), [0.1, 0.9])
    assert low < 93_307 < high
    assert high - low < 25_000


def _held_out(table: dict[str, str], targets) -> tuple[float, int, int]:
    """Score against the straight line: geometric mean of the series' ratios, forecasts held, forecasts."""
    ratios, held = [], []
    for text in table.values():
        days, values = _observations(text)
        score = straight = 0.0
        for n in range(2, days.size):
            fitted = trend.fit(days[:n], values[:n])
            pace = (values[n - 1] - values[0]) / (days[n - 1] - days[0])
            for later in targets(n, days.size):
                draws = _values(fitted, days[later], draws=6_000)[0]
                score += pinball(draws, values[later])
                straight += abs(values[n - 1] + pace * (days[later] - days[n - 1]) - values[later])
                held.append(holds(draws, values[later]))
        ratios.append(score / straight)
    return float(np.exp(np.mean(np.log(ratios)))), sum(held), len(held)


@pytest.mark.parametrize(
    ("table", "targets", "ratio", "held", "forecasts"),
    [
        (SERIES, lambda n, size: [n], 0.83, 18, 24),
        (SERIES, range, 0.87, 46, 62),
        (AS_PRINTED, lambda n, size: [n], 0.75, 22, 36),
        (AS_PRINTED, range, 0.74, 90, 139),
    ],
    ids=["series, next", "series, every later", "as printed, next", "as printed, every later"],
)
def test_the_scores_are_those_that_the_documentation_tells(table, targets, ratio, held, forecasts):
    found_ratio, found_held, found_forecasts = _held_out(table, targets)
    assert found_ratio == pytest.approx(ratio, abs=0.01)
    assert abs(found_held - held) <= 1  # draws stand for the exact quantiles of the documentation
    assert found_forecasts == forecasts
