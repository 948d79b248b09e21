"""What a planned length or a cost out of the ordinary adds to a class: a shift of the normal score.

An interval's normal score is that of its class plus β·x, x being how many times its length or cost
doubles the typical one (:func:`backcast.engine.fitting.fit_effects`).
"""

from __future__ import annotations

import numpy as np

from backcast.engine.portable import Floats

LARGEST_DOUBLING, LARGEST_SHIFT = 3.0, 1.5
"""Beyond these, in doublings and in normal scores, features and their sum count no further."""


def doublings(values: Floats, typical: Floats | float) -> Floats:
    """Return how many times each value doubles the typical one, between -3 and 3; 0 where it is not known."""
    known = (values > 0.0) & (np.asarray(typical) > 0.0)
    usual, most = np.where(known, typical, 1.0), 2.0**LARGEST_DOUBLING
    found: Floats = np.log2(np.clip(np.where(known, values, 1.0), usual / most, usual * most) / usual)
    return found


def shifts(features: Floats, effects: Floats) -> Floats:
    """Return the shift of each interval's normal score, shape ``(n,)``, from features ``(n, k)`` and effects."""
    total: Floats = np.clip((features * effects).sum(axis=-1), -LARGEST_SHIFT, LARGEST_SHIFT)
    return total
