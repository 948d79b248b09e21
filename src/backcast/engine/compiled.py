"""How the engine's loops are compiled.

Divisions are not checked for zero (``error_model="numpy"``): a check is a branch, and loops with branches do
not become vector instructions. Nothing here reorders arithmetic, so digits stay those of IEEE 754.
"""

from __future__ import annotations

from numba import njit

compiled = njit(cache=True, nogil=True, error_model="numpy")
"""A loop, or a function that calls loops; it runs beside other threads."""
inlined = njit(cache=True, nogil=True, error_model="numpy", inline="always")
"""A small function of numbers, written out wherever it is called."""
