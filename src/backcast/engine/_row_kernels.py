"""Compiled loops over a row of draws: random numbers and elementary functions.

They follow :mod:`backcast.engine.random` and :mod:`backcast.engine.portable` line by line, and tests hold
them to the same bytes. Whatever is rare is left out of the first loop and mended in a second one, so
that the first has no branch and is compiled to vector instructions.
"""

from __future__ import annotations

import math

import numpy as np

from backcast.engine.compiled import compiled, inlined
from backcast.engine.portable import (
    CENTRE,
    EXPONENTIAL,
    HART,
    INVERSE_LN2,
    LN2_HIGH,
    LN2_LOW,
    SHOULDER,
    SQRT_HALF,
    TAIL,
)
from backcast.engine.random import MULTIPLIERS, ROUNDS, WEYL

M0, M1 = np.uint64(MULTIPLIERS[0]), np.uint64(MULTIPLIERS[1])
W0, W1 = np.uint64(WEYL[0]), np.uint64(WEYL[1])
LOW_WORD, HALF_WORD = np.uint64(0xFFFFFFFF), np.uint64(32)
QUANTILE_CENTRE, QUANTILE_SHOULDER, QUANTILE_TAIL = np.array(CENTRE), np.array(SHOULDER), np.array(TAIL)
EXP_SERIES, LOG_SERIES = np.array(EXPONENTIAL), 1.0 / np.arange(23.0, 0.0, -2.0)
HART_TOP, HART_BOTTOM = np.array(HART[0]), np.array(HART[1])
CENTRAL, FAR, DEEP = 0.425, 7.07106781186547, 5.0
"""Distance of a probability from ½, of a score from 0, and depth of a probability, up to which one formula holds."""
LEAST_PROBABILITY = 1e-300

TWO_52, SHIFT = 4503599627370496.0, 6755399441055744.0
"""2⁵², and 1.5 · 2⁵²: adding them leaves a whole number in the last bits, as converting it would, but faster."""
TWO_52_BITS, SHIFT_BITS = np.int64(0x4330000000000000), np.int64(0x4338000000000000)
FRACTION_BITS, HALF_BITS = np.int64(0x000FFFFFFFFFFFFF), np.int64(0x3FE0000000000000)
EXPONENT_AT, EXPONENT_BIAS = np.int64(52), np.int64(1023)


# ---- One number at a time.


@inlined
def polynomial(coefficients, x):
    total = coefficients[0]
    for k in range(1, coefficients.size):
        total = total * x + coefficients[k]
    return total


@inlined
def exp(x):
    shifted = min(max(x, -700.0), 700.0) * INVERSE_LN2 + SHIFT
    power = shifted - SHIFT
    rest = (min(max(x, -700.0), 700.0) - power * LN2_HIGH) - power * LN2_LOW
    exponent = np.float64(shifted).view(np.int64) - SHIFT_BITS + EXPONENT_BIAS
    return polynomial(EXP_SERIES, rest) * np.int64(exponent << EXPONENT_AT).view(np.float64)


@inlined
def log(x):
    """Of a positive number that is not subnormal."""
    bits = np.float64(x).view(np.int64)
    exponent = np.int64((bits >> EXPONENT_AT) | TWO_52_BITS).view(np.float64) - (TWO_52 + 1022.0)
    fraction = np.int64((bits & FRACTION_BITS) | HALF_BITS).view(np.float64)
    low = fraction < SQRT_HALF
    fraction = fraction * 2.0 if low else fraction
    power = exponent - 1.0 if low else exponent
    s = (fraction - 1.0) / (fraction + 1.0)
    return power * LN2_HIGH + (2.0 * s * polynomial(LOG_SERIES, s * s) + power * LN2_LOW)


@inlined
def near_cdf(z):
    """The normal distribution function at scores nearer than ``FAR``."""
    distance = min(abs(z), 37.0)
    tail = exp(-distance * distance / 2.0) * polynomial(HART_TOP, distance) / polynomial(HART_BOTTOM, distance)
    return 1.0 - tail if z > 0.0 else tail


@compiled
def normal_cdf(z):
    distance = min(abs(z), 37.0)
    if distance < FAR:
        return near_cdf(z)
    fraction = distance + 0.65
    for n in range(4, 0, -1):
        fraction = distance + float(n) / fraction
    tail = exp(-distance * distance / 2.0) / fraction / 2.506628274631
    return 1.0 - tail if z > 0.0 else tail


@inlined
def central_quantile(p):
    q = p - 0.5
    r = 0.180625 - q * q
    return q * polynomial(QUANTILE_CENTRE[0], r) / polynomial(QUANTILE_CENTRE[1], r)


@inlined
def depth_of(p):
    return math.sqrt(-log(max(p if p < 0.5 else 1.0 - p, LEAST_PROBABILITY)))


@inlined
def outer_quantile(coefficients, depth, beyond):
    return polynomial(coefficients[0], depth - beyond) / polynomial(coefficients[1], depth - beyond)


@compiled
def normal_quantile(p):
    if abs(p - 0.5) <= CENTRAL:
        return central_quantile(p)
    depth = depth_of(p)
    if depth <= DEEP:
        outer = outer_quantile(QUANTILE_SHOULDER, depth, 1.6)
    else:
        outer = outer_quantile(QUANTILE_TAIL, depth, 5.0)
    return -outer if p < 0.5 else outer


# ---- A row at a time, in place.


@compiled
def to_normal_cdf(row):
    """Replace scores by the probability below them."""
    farthest = 0.0
    for b in range(row.size):
        farthest = max(farthest, abs(row[b]))
    far = row.copy() if farthest >= FAR else row[:0]
    for b in range(row.size):
        row[b] = near_cdf(row[b])
    for b in range(far.size):
        if abs(far[b]) >= FAR:
            row[b] = normal_cdf(far[b])


@compiled
def to_normal_quantile(row):
    """Replace probabilities by the score below which they fall."""
    outside = np.empty(row.size + 1, np.int64)
    n = 0
    for b in range(row.size):
        outside[n] = b
        n += abs(row[b] - 0.5) > CENTRAL
    probability, depth = np.empty(n), np.empty(n)
    for k in range(n):
        probability[k] = row[outside[k]]
    for b in range(row.size):
        row[b] = central_quantile(row[b])
    for k in range(n):
        depth[k] = depth_of(probability[k])
    for k in range(n):
        outer = outer_quantile(QUANTILE_SHOULDER, depth[k], 1.6)
        row[outside[k]] = -outer if probability[k] < 0.5 else outer
    for k in range(n):
        if depth[k] > DEEP:
            row[outside[k]] = normal_quantile(probability[k])


@inlined
def random_words(seed, identity, purpose, counter):
    """The four words of Philox4x32-10 for one counter."""
    c0, c1 = identity & LOW_WORD, identity >> HALF_WORD
    c2, c3 = np.uint64(counter), np.uint64(purpose)
    k0, k1 = seed & LOW_WORD, seed >> HALF_WORD
    for _ in range(ROUNDS):
        product_0, product_1 = c0 * M0, c2 * M1
        c0, c2 = (product_1 >> HALF_WORD) ^ c1 ^ k0, (product_0 >> HALF_WORD) ^ c3 ^ k1
        c1, c3 = product_1 & LOW_WORD, product_0 & LOW_WORD
        k0, k1 = (k0 + W0) & LOW_WORD, (k1 + W1) & LOW_WORD
    return c0, c1, c2, c3


@inlined
def uniform(word):
    """A word as a number strictly between 0 and 1."""
    whole = np.int64(np.int64(word) | TWO_52_BITS).view(np.float64) - TWO_52
    return (whole + 0.5) * 2.0**-32


@compiled
def fill_some_uniforms(row, seed, identity, purpose, first_draw, begin, end):
    """Fill part of a row, draw by draw."""
    for b in range(begin, end):
        word = random_words(seed, identity, purpose, (first_draw + b) // 4)
        row[b] = uniform(word[(first_draw + b) % 4])


@compiled
def fill_uniforms(row, seed, identity, purpose, first_draw):
    """Fill a row with the uniforms from ``first_draw`` on; one counter holds four draws."""
    begin = min(-first_draw % 4, row.size)
    n = (row.size - begin) // 4
    whole, counter = row[begin:], (first_draw + begin) // 4
    for k in range(n):
        w0, w1, w2, w3 = random_words(seed, identity, purpose, counter + k)
        whole[4 * k] = uniform(w0)
        whole[4 * k + 1] = uniform(w1)
        whole[4 * k + 2] = uniform(w2)
        whole[4 * k + 3] = uniform(w3)
    fill_some_uniforms(row, seed, identity, purpose, first_draw, 0, begin)
    fill_some_uniforms(row, seed, identity, purpose, first_draw, begin + 4 * n, row.size)


@compiled
def fill_normals(row, seed, identity, purpose, first_draw):
    fill_uniforms(row, seed, identity, purpose, first_draw)
    to_normal_quantile(row)
