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
ADDRESS = click.option(
    "--address",
    metavar="URL",
    default="http://127.0.0.1:8000",
    show_default=True,
    help=says(tr("How browsers reach the server; links begin with it.")),
)
PORT = click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    metavar="N",
    default=8000,
    show_default=True,
    help=says(tr("Port at which the application answers.")),
)


@click.command(help=says(tr("Serve the web application, with a worker beside it, until interrupted.")))
@click.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help=says(tr("Address to answer at: this machine alone, or 0.0.0.0 for all; put a proxy with TLS before it.")),
)
@PORT
@DATA
@in_sentences
def serve(host: str, port: int, *, data: Path) -> None:
    from backcast.cli.web import with_django

    with_django(data)
    from backcast.cli.serving import serve as serve_application

    serve_application(host, port)


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


@click.command(help=says(tr("Make the database and the three officers, and print a link for each to set a password.")))
@DATA
@ADDRESS
@in_sentences
def init(*, data: Path, address: str) -> None:
    from backcast.cli.web import with_django

    with_django(data)
    from backcast.cli.officers import make_officers

    make_officers(address)


@click.command(
    help=says(
        tr("Let a system officer in again who has lost password or second factor: a link, written down in the audit.")
    )
)
@click.argument("username", help=says(tr("Sign-in name of the system officer.")))
@DATA
@ADDRESS
@in_sentences
def link(username: str, *, data: Path, address: str) -> None:
    from backcast.cli.web import with_django

    with_django(data, existing=True)
    from backcast.cli.officers import let_in_again

    let_in_again(username, address)


COMMANDS = (serve, worker, init, link, load, audit)
