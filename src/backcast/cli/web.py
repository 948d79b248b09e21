"""The way from the command line into the web application."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import click

from backcast.language import tr

SETTINGS = "backcast.web.config.settings"


def with_django(data: Path, *, demo: bool = False, existing: bool = False) -> None:
    """Set Django up with its data in a folder, which is made if need be; import what uses it only afterwards.

    Parameters
    ----------
    existing
        Make no folder: there must be a database.

    Raises
    ------
    ClickException
        If the web application is not installed, or there is no database where there must be one.
    """
    if not find_spec("django"):
        raise click.ClickException(
            str(tr("The web application is not installed. Install it with: pip install “backcast[web]”."))
        )
    if existing and not os.environ.get("DATABASE_URL") and not (data / "backcast.sqlite3").exists():
        told = tr("There is no database of Backcast in {folder}. Give its folder with --data.", folder=data)
        raise click.ClickException(str(told))
    os.environ["BACKCAST_HOME"] = str(data.absolute())
    os.environ["BACKCAST_DEMO"] = "1" if demo else "0"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    import django

    django.setup()
