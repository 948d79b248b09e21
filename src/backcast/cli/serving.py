"""``backcast serve``; Django must be set up before this room is opened."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable

import click
import waitress
from django.conf import settings
from django.core.management import call_command

from backcast.language import tr
from backcast.web.accounts.models import Grant
from backcast.web.config.collecting import wsgi_application
from backcast.web.core.roles import OFFICERS
from backcast.web.jobs.queue import WorkerThread

THREADS = 8
PATIENCE_SECONDS = 5.0
"""How long the worker may take to finish the job at hand when the server ends."""


def listen(host: str, port: int) -> socket.socket:
    """Take a port, before anything else is done.

    Raises
    ------
    ClickException
        If somebody else has it.
    """
    taken = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # where a port that was just left may be taken again, but never one in use
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        told = tr(
            "Port {port} cannot be used: {reason}. Perhaps Backcast runs already; "
            "otherwise choose another with --port {other}.",
            port=port,
            reason=error.strerror or error,
            other=port + 1 if port < 65_535 else port - 1,
        )
        raise click.ClickException(str(told)) from error
    return taken


def serve(host: str, port: int) -> None:
    """Serve the application until it is interrupted, with a worker beside it."""
    door = listen(host, port)
    migrate()
    if not Grant.objects.filter(role__in=OFFICERS).exists():
        click.echo(str(tr("Nobody can sign in yet. In another window run: backcast init")))
    worker = WorkerThread()
    worker.start()
    answer(door, wsgi_application(), worker)


def migrate() -> None:
    """Bring the database up to date."""
    call_command("migrate", verbosity=0)


def answer(door: socket.socket, application: Callable[..., object], worker: WorkerThread) -> None:
    """Answer requests at a port until interrupted; then let the worker finish."""
    server = waitress.create_server(application, sockets=[door], threads=THREADS, ident=None, **_proxy())
    click.echo(str(tr("Backcast answers at {address} (Ctrl-C ends it).", address=address_of(door))))
    try:
        server.run()
    finally:
        server.close()
        if worker.is_alive():
            worker.stop(PATIENCE_SECONDS)
        click.echo(str(tr("Ended.")))


def address_of(door: socket.socket) -> str:
    """Return what to write into a browser."""
    host, port = door.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def _proxy() -> dict[str, object]:
    """Return whom the server believes that a request came by TLS: a proxy on this machine."""
    if not settings.ENVIRONMENT.https:
        return {}
    return {"trusted_proxy": "127.0.0.1", "trusted_proxy_headers": {"x-forwarded-proto", "x-forwarded-for"}}
