"""Files become planbooks, and planbooks files: a folder of tables, or one Excel workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backcast.interchange.door import read, read_planbook, write
    from backcast.interchange.reading import Reading

__all__ = ["Reading", "read", "read_planbook", "write"]


def __getattr__(name: str) -> object:
    """Open the door only when someone goes through it, so that importing the package costs nothing."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from backcast.interchange import door, reading  # noqa: PLC0415

    return getattr(reading if name == "Reading" else door, name)
