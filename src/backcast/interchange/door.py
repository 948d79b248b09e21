"""The one door between files and planbooks: the kind of file is told by its name."""

from __future__ import annotations

from pathlib import Path

from backcast.interchange import folder, workbook
from backcast.interchange.reading import Reading
from backcast.language import Message, tr
from backcast.planbook.book import Planbook
from backcast.planbook.problem import PlanbookError, Problem

_WORKBOOK = ".xlsx"


def read(path: Path | str) -> Reading:
    """Read a planbook from a folder or an Excel workbook.

    Raises
    ------
    PlanbookError
        If there is nothing at ``path``, or nothing that could be a planbook.
    """
    path = Path(path)
    if path.is_dir():
        return folder.read(path)
    if not path.exists():
        raise _error(path, tr("There is no file or folder “{path}”. Check how it is spelled.", path=str(path)))
    if path.suffix.lower() == _WORKBOOK:
        return workbook.read(path)
    raise _error(path, tr("“{path}” is neither a folder nor an Excel workbook (.xlsx).", path=str(path)))


def read_planbook(path: Path | str) -> Planbook:
    """Read a planbook that can be computed with.

    Raises
    ------
    PlanbookError
        If anything in it is an error; all errors are listed. :func:`read` gives what could be read.
    """
    reading = read(path)
    errors = [problem for problem in reading.check() if problem.severity == "error"]
    if errors:
        raise PlanbookError(errors)
    return reading.planbook


def write(planbook: Planbook, path: Path | str, *, parquet: bool = False) -> None:
    """Write a planbook as a folder of CSV (or ``parquet``) files or, where ``path`` ends in .xlsx, as a workbook.

    Raises
    ------
    PlanbookError
        If the planbook does not fit into such a file; nothing is written then.
    """
    path = Path(path)
    if path.suffix.lower() == _WORKBOOK:
        workbook.write(planbook, path)
    elif path.is_file():
        raise _error(path, tr("“{path}” is a file. Name a folder, or a workbook that ends in .xlsx.", path=str(path)))
    else:
        folder.write(planbook, path, parquet=parquet)


def _error(path: Path, message: Message) -> PlanbookError:
    return PlanbookError([Problem("", 0, "", path.name, message)])
