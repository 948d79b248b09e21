"""What a command must not replace without being told to: a filled-in workbook, a real planbook."""

from __future__ import annotations

from pathlib import Path

from backcast import interchange
from backcast.interchange.headings import table_named
from backcast.language import Message, tr
from backcast.planbook.problem import PlanbookError, Problem

_TABLE_SUFFIXES = (".csv", ".parquet", ".yaml", ".yml")


def keep_file(path: Path) -> None:
    """Refuse a file that is there already.

    Raises
    ------
    PlanbookError
        If there is such a file.
    """
    if path.exists():
        message = tr("“{file}” is there already. Choose another name, or replace it with --force.", file=path)
        raise _refused(message)


def keep_planbook(folder: Path) -> None:
    """Refuse a folder that holds tables of a planbook, unless its plan says that it is simulated.

    Raises
    ------
    PlanbookError
        If somebody's own planbook would be replaced.
    """
    if folder.is_dir() and any(_is_table(file) for file in folder.iterdir()) and not _is_simulated(folder):
        message = tr(
            "“{folder}” holds a planbook that is not simulated. Choose another folder; "
            "only `backcast practice --force` replaces it.",
            folder=folder,
        )
        raise _refused(message)


def _is_table(file: Path) -> bool:
    return file.suffix.lower() in _TABLE_SUFFIXES and table_named(file.stem) is not None


def _is_simulated(folder: Path) -> bool:
    """Whether the plan says so; a planbook that cannot be read is somebody's work in progress."""
    try:
        return interchange.read(folder).planbook["plan"]["simulated"].to_list() == [True]
    except PlanbookError:
        return False


def _refused(message: Message) -> PlanbookError:
    return PlanbookError([Problem("", 0, "", "", message)])
