"""Commands of the web application; like all others they open one door at a time, so that ``--help`` stays instant."""

from __future__ import annotations

from pathlib import Path

import click

from backcast.cli.common import PLANBOOK, in_sentences, says
from backcast.language import tr

DATA = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    envvar="BACKCAST_HOME",
    default=Path("backcast-data"),
    show_default=True,
    help=says(tr("Folder of the database, the key and attachments.")),
)


@click.command(help=says(tr("Load a planbook into the database of the web application: all of it or nothing.")))
@PLANBOOK
@DATA
@in_sentences
def load(planbook: Path, *, data: Path) -> None:
    from backcast.cli.web import with_django

    with_django(data)
    from backcast.cli.loading import load_planbook

    load_planbook(planbook)


COMMANDS = (load,)
