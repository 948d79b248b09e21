"""Files that appear complete, or not at all; and where Backcast keeps its own."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


def data_folder() -> Path:
    """Return where Backcast keeps what it can make again: ``BACKCAST_DATA``, or its part of the user's cache.

    Raises
    ------
    OSError
        If neither is set and the user has no home.
    """
    if given := os.environ.get("BACKCAST_DATA"):
        return Path(given).absolute()
    variable, usual = {"win32": ("LOCALAPPDATA", "AppData/Local"), "darwin": ("", "Library/Caches")}.get(
        sys.platform, ("XDG_CACHE_HOME", ".cache")
    )
    place = Path(os.environ.get(variable, ""))
    return (place if place.is_absolute() else _home() / usual) / "backcast"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError as error:
        raise FileNotFoundError(str(error)) from error


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Wait until no other process or thread is in a block that holds the same lock file.

    Raises
    ------
    OSError
        If the file cannot be written to.
    """
    with path.open("ab") as file:
        if sys.platform == "win32":
            msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
        else:
            fcntl.flock(file, fcntl.LOCK_EX)  # closing the file lets go of it
        yield


def write_whole(path: Path, text: str) -> None:
    """Write a text beside its place and move it there, so that nobody ever reads half of it.

    Raises
    ------
    OSError
        If it cannot be written; what was there before still is.
    """
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=f".{path.name}-", delete=False
    ) as file:
        try:
            file.write(text)
            file.close()
            Path(file.name).chmod(0o666 & ~_umask())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise


def _umask() -> int:
    """Return the process's mask of file permissions, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
