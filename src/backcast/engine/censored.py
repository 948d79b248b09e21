"""Distributions of what is partly still to come: delays of what has not begun, costs of what is still being built.

What is not over yet lies above what was seen of it (censoring on the right). The root's curve is
Kaplan and Meier's, from SciPy. A class below leans on the one above it as a beta process does: that
one counts as ``LENT`` more cases, which follow its curve from the first to the last value. Then a
class without cases is as the one above it, and one with many stands alone.

References
----------
.. [1] Kaplan and Meier (1958), Nonparametric estimation from incomplete observations,
   https://doi.org/10.1080/01621459.1958.10501452.
.. [2] Hjort (1990), Nonparametric Bayes estimators based on beta processes in models for life history data,
   https://doi.org/10.1214/aos/1176347749.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import CensoredData, ecdf

from backcast.engine.portable import Floats
from backcast.engine.quantiles import LEVELS

LENT = 20.0
"""Cases that the class above counts for."""


@dataclass(frozen=True, slots=True)
class Curves:
    """Distributions of classes; index 0 is the root.

    Attributes
    ----------
    value
        Shape ``(n_values,)``, rising: those at which something was seen.
    below
        Shape ``(n_classes, n_values)``: probability of each value or less.
    cases
        Shape ``(n_classes,)``: values that were seen to their end, in the class and those below it.
    """

    value: Floats
    below: Floats
    cases: NDArray[np.int64]

    @property
    def quantiles(self) -> Floats:
        """Shape ``(n_classes, 13)``: the lowest value that each level stays below or at.

        Where a curve ends below a level, as the largest cases are not over yet, it is the largest
        value at which it rises.
        """
        levels = np.minimum(LEVELS, self.known[:, None]) - 1e-9
        index = [np.searchsorted(*pair) for pair in zip(self.below, levels, strict=True)]
        found: Floats = self.value[np.array(index)]
        return found

    @property
    def known(self) -> Floats:
        """Shape ``(n_classes,)``: probability up to which each curve tells a value."""
        last: Floats = self.below[:, -1]
        return last


def curves(
    value: Floats,
    over: NDArray[np.bool_],
    of_class: NDArray[np.int64],
    parent: NDArray[np.int64],
    lent: float = LENT,
) -> Curves:
    """Estimate the distribution of each class of a tree.

    Parameters
    ----------
    value, over
        Shape ``(n,)``: what was seen, and whether it was seen to its end; else the value lies above.
    of_class
        Index of the class of each.
    parent
        Shape ``(n_classes,)``: index of the class above each, smaller than its own; -1 for the root.
    """
    whole = ecdf(CensoredData(uncensored=value[over], right=value[~over]))
    grid, below = whole.cdf.quantiles, np.empty((parent.size, whole.cdf.quantiles.size))
    below[0] = whole.cdf.probabilities
    ended, seen = (_counts(value[kind], of_class[kind], grid, parent) for kind in (over, over | True))
    at_risk = seen[:, ::-1].cumsum(axis=1)[:, ::-1]
    for node, above in enumerate(parent[1:], 1):
        rises = np.diff(below[above], prepend=0.0)
        lasting = at_risk[node] + lent * (1.0 - below[above] + rises)
        hazard = np.divide(ended[node] + lent * rises, lasting, out=np.zeros_like(grid), where=lasting > 1e-12)
        below[node] = 1.0 - np.cumprod(1.0 - np.minimum(hazard, 1.0))
    return Curves(grid, below, ended.sum(axis=1).astype(np.int64))


def _counts(value: Floats, of_class: NDArray[np.int64], grid: Floats, parent: NDArray[np.int64]) -> Floats:
    """How often each value was seen in each class and those below it, shape ``(n_classes, n_values)``."""
    counts = np.zeros((parent.size, grid.size))
    np.add.at(counts, (of_class, np.searchsorted(grid, value)), 1.0)
    for node in range(parent.size - 1, 0, -1):
        counts[parent[node]] += counts[node]
    return counts
