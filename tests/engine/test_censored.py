"""Curves of what is partly still to come: those of scipy, or leaning on the class above."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import CensoredData, ecdf

from backcast.engine.censored import LENT, curves
from backcast.engine.quantiles import LEVELS

ALONE = np.array([-1])
TREE = np.array([-1, 0, 1])
MEDIAN = LEVELS.index(0.5)


def _delays(n: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Delays around 100 days, each followed for up to 300; returns truth, what was seen, and whether to its end."""
    rng = np.random.default_rng(seed)
    truth, followed = np.round(rng.gamma(2.0, 60.0, n) - 20.0), np.round(rng.uniform(-50.0, 300.0, n))
    return truth, np.minimum(truth, followed), truth <= followed


def test_what_has_not_begun_counts_for_as_long_as_it_waited():
    truth, seen, over = _delays(20_000)
    found = curves(seen, over, np.zeros(seen.size, np.int64), ALONE)
    inside = [k for k, level in enumerate(LEVELS) if level < 0.9]
    np.testing.assert_allclose(found.quantiles[0, inside], np.quantile(truth, np.array(LEVELS)[inside]), atol=6.0)
    assert np.median(seen[over]) < np.median(truth) - 12.0  # learned from those alone that began


def test_a_class_that_borrows_nothing_is_its_own_curve():
    _, seen, over = _delays(400)
    node = np.repeat([1, 2], 200)
    found = curves(seen, over, node, TREE, lent=0.0)
    alone = ecdf(CensoredData(uncensored=seen[200:][over[200:]], right=seen[200:][~over[200:]])).cdf
    np.testing.assert_allclose(found.below[2], alone.evaluate(found.value), atol=1e-12)
    assert found.cases.tolist() == [over.sum(), over.sum(), over[200:].sum()]


@pytest.mark.parametrize("n", [0, 5, 400])
def test_a_class_with_few_cases_is_as_the_one_above_it(n: int):
    values = np.concatenate([np.linspace(0, 100, 1_000), np.linspace(1_000, 1_100, n)])
    node = np.concatenate([np.zeros(1_000, np.int64), np.ones(n, np.int64)])
    found = curves(values, np.ones(values.size, bool), node, np.array([-1, 0]))
    above, own = found.below[:, found.value.searchsorted(500.0) - 1]
    np.testing.assert_allclose(1 - own, (n + LENT * (1 - above)) / (n + LENT))


def test_cases_that_wait_without_end_make_a_class_later():
    values = np.concatenate([np.arange(100.0), np.full(40, 60.0)])
    over, node = values < np.inf, np.repeat([0, 1], [100, 40])
    found = curves(values, over & (node == 0), node, np.array([-1, 0]))
    assert found.quantiles[1, MEDIAN] > found.quantiles[0, MEDIAN]


def test_beyond_the_largest_value_seen_is_the_largest():
    found = curves(np.array([1.0, 2.0, 5.0, 9.0]), np.array([True, True, False, False]), np.zeros(4, np.int64), ALONE)
    assert found.known.tolist() == [0.5]
    assert found.quantiles[0, [0, MEDIAN, -1]].tolist() == [1.0, 2.0, 2.0]
