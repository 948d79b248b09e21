"""How the engine's loops are compiled, and kept for the next process.

Divisions are not checked for zero (``error_model="numpy"``): a check is a branch, and loops with branches do
not become vector instructions. Nothing here reorders arithmetic, so digits stay those of IEEE 754.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal, TypeAlias

import numpy as np
from llvmlite.binding import get_host_cpu_name
from numba import config, njit
from numba.core.caching import CompileResultCacheImpl, FunctionCache, _CacheLocator
from numba.core.codegen import get_host_cpu_features

from backcast.engine.kernel_folder import kernel_folder
from backcast.files import alone

Loop: TypeAlias = Callable[..., Any]

AT = np.uint64
"""An index without a sign: with one, every access asks whether it counts from the end, which can double the time."""

counts: Counter[str] = Counter()
"""How many loops this process has ``compiled``, and how many of them it has ``lost``, as they could not be kept."""


class _Place(_CacheLocator):
    """Every loop is kept in the folder of its sources, wherever the package lies."""

    def __init__(self, loop: Loop) -> None:
        self._line = loop.__code__.co_firstlineno

    def get_cache_path(self) -> str:
        return str(kernel_folder())

    def get_source_stamp(self) -> str:
        return ""  # the folder's name says it

    def get_disambiguator(self) -> str:
        return str(self._line)

    @classmethod
    def from_function(cls, py_func: Loop, py_file: str) -> _Place:
        return cls(py_func)


class _Placed(CompileResultCacheImpl):
    def __init__(self, loop: Loop) -> None:
        self._locator_classes: Any = [_Place]
        super().__init__(loop)


class _Kept(FunctionCache):
    """Compiled code in files: one that is damaged is made anew, and a run goes on where none can be written.

    Numba reads an index and writes it again with one entry more: processes that did so at once could name one file
    by two entries, and compiled code would be called with what it was not compiled for.
    """

    _impl_class = _Placed

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        if kernel_folder() is None:
            return None
        try:
            return super().load_overload(sig, target_context)
        except Exception:  # damage has many names
            with suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        counts["compiled"] += 1
        folder = kernel_folder()
        try:
            if folder is not None:
                with alone(folder / "lock"):
                    super().save_overload(sig, data)
        except OSError:
            folder = None
        counts["lost"] += folder is None


def processor() -> str:
    """Return what loops are compiled for: this processor, or what Numba's variables name."""
    told: Any = config
    name = told.CPU_NAME or get_host_cpu_name()
    features = get_host_cpu_features() if told.CPU_FEATURES is None else told.CPU_FEATURES
    return f"{name} {features}"


def _compile(loop: Loop, inline: Literal["never", "always"] = "never") -> Any:
    dispatcher: Any = njit(nogil=True, error_model="numpy", inline=inline)(loop)
    dispatcher._cache = _Kept(loop)  # what njit(cache=True) does with Numba's own
    return dispatcher


def compiled(loop: Loop) -> Any:
    """Compile a loop, or a function that calls loops; it runs beside other threads."""
    return _compile(loop)


def inlined(function: Loop) -> Any:
    """Compile a small function of numbers, written out wherever it is called."""
    return _compile(function, inline="always")
