"""A run told to people and programs: terminal tables, one self-contained page, one JSON document."""

from importlib import import_module
from typing import TYPE_CHECKING

from backcast.report.document import document  # before its room, which has the same name, can take the name

if TYPE_CHECKING:
    from backcast.report.document import dumps
    from backcast.report.page import render, write_report
    from backcast.report.screen import print_run, print_verdicts

_ROOMS = {
    "dumps": "document",
    "render": "page",
    "write_report": "page",
    "print_run": "screen",
    "print_verdicts": "screen",
}

__all__ = ["document", "dumps", "print_run", "print_verdicts", "render", "write_report"]


def __getattr__(name: str) -> object:
    """Open a door when it is first used."""
    if name not in _ROOMS:
        raise AttributeError(f"backcast.report has no “{name}”. It offers: {', '.join(__all__)}.")
    return getattr(import_module(f"backcast.report.{_ROOMS[name]}"), name)
