"""The two digests by which events are chained: SHA-256, and SM3 where Chinese rules ask for it."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from cryptography.hazmat.primitives.hashes import SM3, Hash


def _sha256(data: bytes) -> str:
    return sha256(data).hexdigest()


def _sm3(data: bytes) -> str:
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize().hex()


DIGESTS: dict[str, Callable[[bytes], str]] = {"sha256": _sha256, "sm3": _sm3}
"""Digests by the name that ``BACKCAST_DIGEST`` takes; each gives 64 hexadecimal digits."""
