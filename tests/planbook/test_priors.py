"""Reference classes: the most specific one, and the planbook's own before the published."""

from __future__ import annotations

import numpy as np
import pytest
from builders import book

from backcast.engine.quantiles import LEVELS, SCORES
from backcast.planbook.priors import NOT_RATIOS_OF_TIME, best_class, reference_classes
from backcast.planbook.schema import QUANTILES

CLASS = {"p10": 0.9, "p50": 1.1, "p90": 1.9}


def _best(path, interval, *rows):
    return best_class(reference_classes(book(classes=rows)), path, interval)


@pytest.mark.parametrize(
    ("path", "interval", "found"),
    [
        ("transport/rail/metro", "construction", ("transport/rail", "construction")),
        ("transport/rail", "ramp", ("transport/rail", "")),
        ("transport/road", "construction", ("transport", "construction")),
        ("transport/road", "ramp", ("*", "")),
        ("water", "construction", ("*", "construction")),
        ("", "construction", ("*", "construction")),
        (None, "ramp", ("*", "")),
        ("/transport//rail/", "construction", ("transport/rail", "construction")),
    ],
)
def test_the_path_is_shortened_step_by_step(path, interval, found):
    rows = [
        {"class": name, "interval": kind} | CLASS
        for name, kind in (
            ("transport/rail", "construction"),
            ("transport/rail", None),
            ("transport", "construction"),
            ("*", "construction"),
            ("*", None),
        )
    ]
    best = _best(path, interval, *rows)
    assert (best.path, best.interval) == found


def test_without_classes_of_its_own_a_planbook_has_the_published_ones():
    best = _best("building/school", "construction")
    assert best.source.startswith("City of New York")
    assert (best.path, best.interval) == ("building", "construction")


def test_a_planbooks_own_class_counts_before_the_published_one():
    own = {"class": "building", "interval": "construction", "source": "own"} | CLASS
    assert _best("building/school", "construction", own).source == "own"
    assert _best("transport/road", "construction", own).source != "own"


def test_a_planbook_with_a_root_class_has_no_use_for_the_published_ones():
    own = {"class": "*", "interval": "construction", "source": "own"} | CLASS
    assert _best("building/school", "construction", own).source == "own"
    assert _best("building/school", "preparation", own).interval == ""  # the last resort, published


@pytest.mark.parametrize("interval", NOT_RATIOS_OF_TIME)
def test_start_delays_and_costs_are_no_ratios_of_time(interval):
    """Neither does a root of theirs put the published classes aside."""
    delay = {"class": "*", "interval": interval, "p10": -30.0, "p50": 0.0, "p90": 90.0}
    assert _best("building/school", "construction", delay).path == "building"
    assert (("*", interval) in reference_classes(book(classes=delay))) is False
    every = {"class": "*", "source": "own"} | CLASS
    assert _best("water", "ramp", delay, every).source == "own"


def test_p10_p50_and_p90_become_a_lognormal_on_either_side_of_the_median():
    best = _best("*", "construction", {"class": "*", "cancelled": 0.08, "n": 40} | CLASS)
    assert np.exp(best.log_ratio)[[2, 6, 10]] == pytest.approx([0.9, 1.1, 1.9])
    low, high = np.log(1.1 / 0.9) / SCORES[10], np.log(1.9 / 1.1) / SCORES[10]
    expected = np.log(1.1) + np.where(SCORES < 0, low, high) * SCORES
    np.testing.assert_allclose(best.log_ratio, expected, atol=1e-12)
    assert not best.certain
    assert best.cancelled == 0.08
    assert best.error == pytest.approx(1 / np.sqrt(40))


def test_all_that_a_class_tells_is_kept():
    ratios = dict(zip((f"p{percent:02}" for percent in QUANTILES), np.linspace(0.4, 2.8, 13).tolist(), strict=True))
    more = {"length_effect": 0.1, "typical_length": 400.0, "cost_effect": -0.2, "typical_cost": 9000.0}
    more |= {"pace_spread": 0.6, "pace_floor": 0.2, "curve_slope": 0.7, "correlation": 0.3}
    best = _best("*", "construction", {"class": "*", "cost_unit": "万元"} | ratios | more)
    np.testing.assert_allclose(np.exp(best.log_ratio), list(ratios.values()))
    assert {name: getattr(best, name) for name in more} == more


def test_what_a_class_does_not_tell_is_not_made_up():
    best = _best("*", "construction", {"class": "*"} | CLASS)
    assert (best.length_effect, best.cost_effect, best.cancelled) == (0, 0, 0)
    unknown = ("typical_length", "typical_cost", "pace_spread", "pace_floor", "curve_slope", "correlation")
    assert [getattr(best, name) for name in unknown] == [None] * 6


def test_the_engine_and_the_schema_mean_the_same_quantiles():
    assert [round(100 * level) for level in LEVELS] == list(QUANTILES)


def test_a_class_that_does_not_count_its_cases_has_few():
    assert _best("*", "", {"class": "*"} | CLASS).evidence == 10
    assert _best("*", "", {"class": "*", "n": 0} | CLASS).evidence == 10


def test_a_class_without_spread_is_certain():
    best = _best("*", "", {"class": "*"})
    assert best.certain
    assert not _best("*", "", {"class": "*", "p99": 3.0}).certain
