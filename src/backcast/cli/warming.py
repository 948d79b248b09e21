"""``backcast warm``: whether everything is compiled already."""

from __future__ import annotations

import click

from backcast.engine.compiled import processor
from backcast.engine.kernel_folder import kernel_folder
from backcast.files import write_whole
from backcast.language import tr


def is_warm() -> bool:
    """Whether everything was compiled ahead for this processor; if so, say where it is kept."""
    folder = kernel_folder()
    try:
        warm = folder is not None and (folder / "warm").read_text(encoding="utf-8") == processor()
    except OSError:
        return False
    if warm:
        click.echo(str(tr("Everything is compiled already; it is kept in {folder}.", folder=folder)))
    return warm


def note_warm() -> None:
    """Write down that everything is compiled for this processor."""
    if folder := kernel_folder():
        write_whole(folder / "warm", processor())
