"""Where work is done: in this process, or by the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from typing import Any

import click

from backcast.language import Message, tr

PATIENCE = 10
"""Seconds in which a scheduler has to answer."""


@contextmanager
def executor_at(address: str | None) -> Iterator[Executor | None]:
    """Open the executor of a Dask cluster; None where no address is given.

    Raises
    ------
    ClickException
        If there is no Dask here, no scheduler at the address, another Backcast at its workers, or if workers
        are lost again and again.
    """
    if address is None:
        yield None
        return
    try:
        dask = import_module("distributed")
    except ImportError as error:
        raise _refusal(tr("A cluster needs Dask. Install it here and at every worker: {what}.",
                          what="pip install 'backcast[cluster]'")) from error  # fmt: skip
    try:
        client = dask.Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise _refusal(tr("No scheduler answers at “{address}”. Start one with `dask scheduler`, and give the "
                          "address that it tells.", address=address)) from error  # fmt: skip
    with client:
        _refuse_other_versions(client)
        try:
            yield client.get_executor()
        except dask.KilledWorker as error:
            raise _refusal(tr("A task was given up, as worker after worker was lost with it. Most often they lack "
                              "memory: give each more of it, or start fewer on a machine.")) from error  # fmt: skip


def _refuse_other_versions(client: Any) -> None:
    """The same digits are promised for the same version only."""
    own = own_version()
    for worker, found in sorted(client.run(version, "backcast", on_error="return").items()):
        theirs = found if isinstance(found, str) else "–"
        if theirs != own:
            raise _refusal(tr("The worker {worker} has Backcast {theirs}, and here is {own}. Install the same version.",
                              worker=worker, theirs=theirs, own=own))  # fmt: skip


def own_version() -> str:
    """Return the version of this Backcast."""
    return version("backcast")


def _refusal(sentence: Message) -> click.ClickException:
    return click.ClickException(str(sentence))
