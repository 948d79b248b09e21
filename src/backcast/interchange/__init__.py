"""Files become planbooks, and planbooks files: a folder of tables, or one Excel workbook."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backcast.interchange.door import read, read_planbook, write
    from backcast.interchange.history import HistoryReading, read_history
    from backcast.interchange.reading import Reading
    from backcast.interchange.source import open_planbook

_ROOMS = {
    "HistoryReading": "history",
    "Reading": "reading",
    "open_planbook": "source",
    "read": "door",
    "read_history": "history",
    "read_planbook": "door",
    "write": "door",
}

__all__ = ["HistoryReading", "Reading", "open_planbook", "read", "read_history", "read_planbook", "write"]


def __getattr__(name: str) -> object:
    """Open a door when it is first used."""
    if name not in _ROOMS:
        raise AttributeError(f"backcast.interchange has no “{name}”. It offers: {', '.join(__all__)}.")
    return getattr(import_module(f"backcast.interchange.{_ROOMS[name]}"), name)
