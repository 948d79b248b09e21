"""What may stand behind an option: days of our time, and files of one kind."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from backcast.language import tr

FIRST_DAY, LAST_DAY = date(1949, 1, 1), date(2100, 12, 31)


class Day(click.ParamType[date, str | date]):
    """A day from 1949 to 2100, written like 2023-08-31."""

    name = "day"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return how the value is written."""
        return "YYYY-MM-DD"

    def convert(self, value: str | date, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read a day."""
        try:
            day = value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            day = date.min
        if not FIRST_DAY <= day <= LAST_DAY:
            message = tr("“{found}” is not a day from 1949 to 2100. Write it like 2023-08-31.", found=value)
            self.fail(str(message), param, ctx)
        return day


class FileOfKind(click.ParamType[Path, str | Path]):
    """A file to be written into a folder that is there; its suffix tells other programs what it is."""

    name = "file"
    _path = click.Path(dir_okay=False, path_type=Path)

    def __init__(self, suffix: str) -> None:
        self.suffix = suffix

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return how the value is written."""
        return f"FILE{self.suffix}"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Read a path."""
        path = Path(self._path.convert(value, param, ctx))
        if path.suffix.lower() != self.suffix:
            message = tr("“{found}” must end in {suffix}.", found=path.name, suffix=self.suffix)
            self.fail(str(message), param, ctx)
        if not path.parent.is_dir():
            message = tr("There is no folder “{folder}” to write “{found}” in.", folder=path.parent, found=path)
            self.fail(str(message), param, ctx)
        return path
