"""Random numbers as a function of (seed, what they are for, draw), never of a stream's position.

So neither the number of threads or machines nor the order of the projects changes a digit, and
this month's run shares its randomness with last month's.

References
----------
.. [1] Salmon et al. (2011), Parallel random numbers: as easy as 1, 2, 3,
   https://doi.org/10.1145/2063384.2063405 (Philox4x32-10).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from backcast.engine.portable import Floats, normal_quantile

MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
WEYL = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10
_MASK = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)


class Purpose(IntEnum):
    """What a random number is for; numbers for different purposes are independent."""

    INTERVAL = 1
    ACTIVITY = 2
    FACTOR = 3
    CLASS = 4
    RISK = 5
    RISK_DAYS = 6
    TREND = 16  # and the purposes above, one per normal number that a trend needs


def stable_id(*names: str) -> int:
    """Return a 64-bit number for names; the same names give it on every machine."""
    return int.from_bytes(hashlib.blake2b("\x1f".join(names).encode(), digest_size=8).digest(), "little")


def stable_ids(names: Iterable[str]) -> NDArray[np.uint64]:
    """Return :func:`stable_id` of many single names at once, shape ``(len(names),)``."""
    digests = [hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names]
    return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64)


def philox(counter: NDArray[np.uint32], key: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return Philox4x32-10 of counters of shape ``(…, 4)`` with keys of shape ``(…, 2)``."""
    c0, c1, c2, c3 = (counter[..., i].astype(np.uint64) for i in range(4))
    k0, k1 = (key[..., i].astype(np.uint64) for i in range(2))
    for _ in range(ROUNDS):
        product_0, product_1 = c0 * np.uint64(MULTIPLIERS[0]), c2 * np.uint64(MULTIPLIERS[1])
        c0, c1, c2, c3 = (
            (product_1 >> _HALF) ^ c1 ^ k0,
            product_1 & _MASK,
            (product_0 >> _HALF) ^ c3 ^ k1,
            product_0 & _MASK,
        )
        k0, k1 = (k0 + np.uint64(WEYL[0])) & _MASK, (k1 + np.uint64(WEYL[1])) & _MASK
    return np.stack([c0, c1, c2, c3], axis=-1).astype(np.uint32)


def words(seed: int, identity: int, draws: int, purpose: int) -> NDArray[np.uint32]:
    """Return one 32-bit word per draw, shape ``(draws,)``: key = seed, counter = (identity, draw ÷ 4, purpose)."""
    blocks = (draws + 3) // 4
    counter = np.empty((blocks, 4), np.uint32)
    counter[:, 0], counter[:, 1] = identity & 0xFFFFFFFF, identity >> 32
    counter[:, 2], counter[:, 3] = np.arange(blocks), purpose
    key = np.array([seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF], np.uint32)
    return philox(counter, key).reshape(-1)[:draws]


def uniforms(seed: int, identity: int, draws: int, purpose: int) -> Floats:
    """Return numbers strictly between 0 and 1, shape ``(draws,)``."""
    return (words(seed, identity, draws, purpose).astype(np.float64) + 0.5) * 2.0**-32


def normals(seed: int, identity: int, draws: int, purpose: int) -> Floats:
    """Return standard normal numbers, shape ``(draws,)``."""
    return normal_quantile(uniforms(seed, identity, draws, purpose))
