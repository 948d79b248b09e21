"""Commands of the web application; like all others they open one door at a time, so that ``--help`` stays instant."""

from __future__ import annotations

import sys
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


@click.group(help=says(tr("Look after the record of who did what.")))
def audit() -> None:
    pass


@audit.command(
    help=says(tr("Look whether anything in the audit was deleted, altered or inserted; if so, exit with 1."))
)
@click.option(
    "--head",
    "kept",
    metavar="NUMBER:HASH",
    help=says(tr("A head that was kept elsewhere: then a cut-off end is found as well.")),
)
@DATA
@in_sentences
def verify(*, kept: str | None, data: Path) -> None:
    from backcast.cli.web import with_django

    with_django(data, existing=True)
    from backcast.cli.auditing import verify_audit

    sys.exit(0 if verify_audit(kept) else 1)


@audit.command(help=says(tr("Print number and hash of the last event, to be kept where nobody here can change it.")))
@DATA
@in_sentences
def head(*, data: Path) -> None:
    from backcast.cli.web import with_django

    with_django(data, existing=True)
    from backcast.cli.auditing import print_head

    print_head()


@click.command(help=says(tr("Do what was asked for in the background, until interrupted; several may run at once.")))
@DATA
@in_sentences
def worker(*, data: Path) -> None:
    from backcast.cli.web import with_django

    with_django(data, existing=True)
    from backcast.cli.working import work_until_stopped

    work_until_stopped()


COMMANDS = (load, audit, worker)
