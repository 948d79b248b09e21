"""Elementary functions whose digits do not depend on the processor or its library.

Only additions, multiplications, divisions, square roots and exact scaling by powers of two are
used; IEEE 754 fixes each of their digits. The kernels compile the scalar functions of
:mod:`backcast.engine._kernels`, which follow these line by line.

References
----------
.. [1] Wichura (1988), Algorithm AS 241, https://doi.org/10.2307/2347330 (normal quantile).
.. [2] Hart (1968), Computer Approximations, 5666; as given by West (2005) (normal distribution).
"""

from __future__ import annotations

from math import factorial

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
INVERSE_LN2 = 1.44269504088896338700e00
SQRT_HALF = 0.70710678118654752440
EXPONENTIAL = tuple(1.0 / factorial(n) for n in range(13, -1, -1))

CENTRE = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)  # fmt: skip
SHOULDER = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
     3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0),
)  # fmt: skip
TAIL = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
     1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0),
)  # fmt: skip
HART = (
    (3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
     221.213596169931, 220.206867912376),
    (8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674,
     637.333633378831, 793.826512519948, 440.413735824752),
)  # fmt: skip


def _polynomial(coefficients: tuple[float, ...], x: Floats) -> Floats:
    total = np.full_like(x, coefficients[0])
    for coefficient in coefficients[1:]:
        total = total * x + coefficient
    return total


def exp(x: ArrayLike) -> Floats:
    """Return e to the power x, by Taylor's series after taking out powers of two."""
    clipped: Floats = np.clip(np.asarray(x, float), -700.0, 700.0)
    power: Floats = np.rint(clipped * INVERSE_LN2)
    rest = (clipped - power * LN2_HIGH) - power * LN2_LOW
    return np.ldexp(_polynomial(EXPONENTIAL, rest), power.astype(np.int32))


def log(x: ArrayLike) -> Floats:
    """Return the natural logarithm of positive x, by the series of the inverse hyperbolic tangent."""
    fraction, power = np.frexp(np.asarray(x, float))
    low = fraction < SQRT_HALF
    fraction = np.where(low, fraction * 2.0, fraction)
    power = np.where(low, power - 1, power).astype(float)
    s = (fraction - 1.0) / (fraction + 1.0)
    square = s * s
    total = np.full_like(s, 1.0 / 23.0)
    for n in range(21, 0, -2):
        total = total * square + 1.0 / n
    logarithm: Floats = power * LN2_HIGH + (2.0 * s * total + power * LN2_LOW)
    return logarithm


def normal_cdf(z: ArrayLike) -> Floats:
    """Return the standard normal distribution function at z."""
    z = np.asarray(z, float)
    distance = np.minimum(np.abs(z), 37.0)
    density = exp(-distance * distance / 2.0)
    near = density * _polynomial(HART[0], distance) / _polynomial(HART[1], distance)
    fraction = distance + 0.65
    for n in (4.0, 3.0, 2.0, 1.0):
        fraction = distance + n / fraction
    tail = np.where(distance < 7.07106781186547, near, density / fraction / 2.506628274631)
    return np.where(z > 0.0, 1.0 - tail, tail)


def normal_quantile(p: ArrayLike) -> Floats:
    """Return z such that a standard normal number falls below it with probability p, 0 < p < 1."""
    p = np.asarray(p, float)
    q = p - 0.5
    r = 0.180625 - q * q
    centre = q * _polynomial(CENTRE[0], r) / _polynomial(CENTRE[1], r)
    smaller = np.where(q < 0.0, p, 1.0 - p)
    depth = np.sqrt(-log(np.maximum(smaller, 1e-300)))
    shoulder = _polynomial(SHOULDER[0], depth - 1.6) / _polynomial(SHOULDER[1], depth - 1.6)
    tail = _polynomial(TAIL[0], depth - 5.0) / _polynomial(TAIL[1], depth - 5.0)
    outer = np.where(depth <= 5.0, shoulder, tail)
    return np.where(np.abs(q) <= 0.425, centre, np.where(q < 0.0, -outer, outer))
