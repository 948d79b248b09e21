"""``backcast worker``; Django must be set up before this room is opened."""

from __future__ import annotations

import signal
from threading import Event
from types import FrameType

import click

from backcast.language import tr
from backcast.web.jobs.queue import work


def work_until_stopped() -> None:
    """Do jobs; at SIGTERM or Ctrl-C finish those at hand, at the second one end at once."""
    stopping = Event()

    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.default_int_handler)
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    click.echo(str(tr("Waiting for work. Ctrl-C ends.")))
    work(stopping)
