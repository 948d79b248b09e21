"""Where compiled loops are kept: one folder for each state of their sources.

Numba notices when the file of a loop changes, but not when that of a function changes which the loop calls or has
written out in it. So the folder is named by everything that the compiled code follows from, but the processor, which
Numba asks for itself.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from functools import cache
from importlib.metadata import version
from pathlib import Path

from backcast.files import data_folder

SOURCES = (
    "_delivery_kernels",
    "_draw_kernels",
    "_driver_kernels",
    "_duration_kernels",
    "_kernels",
    "_order_kernels",
    "_pass_kernels",
    "_row_kernels",
    "compiled",
    "portable",
    "quantiles",
    "random",
)
"""The loops, and the modules whose constants are compiled into them."""
NEWEST = 2
UNUSED = 24 * 3600
"""Seconds after which a folder may go that is not among the newest: until then another version may be at work."""


@cache
def kernel_folder() -> Path | None:
    """Return the folder for the loops as they are now, made where it can be; None where there is no place for it."""
    try:
        folder = data_folder() / "kernels" / _key()
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            _remove_old(folder.parent)
    except OSError:
        return None
    if os.access(folder, os.W_OK):
        os.utime(folder)  # used now
    return folder


def _key() -> str:
    """Return the version of Backcast, and a digest of the sources, of Numba's version and of Python's."""
    digest = hashlib.sha256(f"{version('numba')} {sys.version}".encode())
    for name in SOURCES:
        digest.update(Path(__file__).with_name(f"{name}.py").read_bytes())
    return f"{version('backcast')}-{digest.hexdigest()[:16]}"


def _remove_old(place: Path) -> None:
    """Remove the folders of earlier sources."""
    used = {folder: folder.stat().st_mtime for folder in place.iterdir() if folder.is_dir()}
    for folder in sorted(used, key=used.__getitem__, reverse=True)[NEWEST:]:
        if used[folder] < time.time() - UNUSED:
            shutil.rmtree(folder, ignore_errors=True)
