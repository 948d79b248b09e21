"""What commands share: arguments, options, and how they say what went wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from backcast.language import Message, tr

COUNT = "N"
Command = TypeVar("Command", bound=Callable[..., Any])


def says(sentence: Any) -> str:
    """Read a sentence in the language of this process."""
    return str(sentence)


PLANBOOK = click.argument(
    "planbook", type=click.Path(path_type=Path), help=says(tr("Folder of a planbook, or an Excel workbook."))
)
HISTORY = click.argument(
    "history",
    type=click.Path(path_type=Path),
    help=says(tr("Table of what became of earlier projects: .csv, .parquet or .xlsx.")),
)
PRIOR = click.option(
    "--prior",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.csv",
    help=says(tr("Reference classes on which a history with few cases leans; by default those that ship.")),
)
DRAWS = click.option(
    "--draws",
    type=click.IntRange(1, 1_000_000),
    metavar=COUNT,
    default=10_000,
    show_default=True,
    help=says(tr("Simulated futures.")),
)
THREADS = click.option(
    "--threads",
    type=click.IntRange(1, 256),
    metavar=COUNT,
    help=says(tr("Threads to draw with, by default one per core; they change no digit.")),
)
ALONE = click.option("--alone", is_flag=True, help=says(tr("Lean on no other classes: the history stands alone.")))
FORCE = click.option("--force", is_flag=True, help=says(tr("Replace what is there.")))


def seed_option(told: Message) -> Callable[[Command], Command]:
    """Take the seed of random numbers."""
    return click.option(
        "--seed", type=click.IntRange(0, 2**63 - 1), metavar=COUNT, default=0, show_default=True, help=says(told)
    )


def projects_option(size: int, told: Message) -> Callable[[Command], Command]:
    """Take the size of a practice library, ``size`` where it is not given."""
    return click.option(
        "--projects",
        type=click.IntRange(1, 100_000),
        metavar=COUNT,
        default=size,
        show_default=True,
        help=says(told),
    )


def in_sentences(command: Callable[..., None]) -> Callable[..., None]:
    """Print what went wrong as sentences, never as a traceback, and exit with 1."""

    @wraps(command)
    def wrapped(*args: Any, **options: Any) -> None:
        from backcast.engine.network import CycleError
        from backcast.language import language
        from backcast.planbook.problem import PlanbookError

        try:
            command(*args, **options)
        except PlanbookError as error:
            for problem in error.problems[:50]:
                click.echo(problem.read(language()), err=True)
            if len(error.problems) > 50:
                click.echo(
                    says(tr("… and {n} more; `backcast check` lists them.", n=len(error.problems) - 50)), err=True
                )
            sys.exit(1)
        except CycleError as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        except BrokenPipeError:
            raise  # whoever read the output has seen enough: click ends quietly
        except OSError as error:
            reason = error.strerror or str(error)
            told = tr("{file}: {reason}.", file=error.filename, reason=reason) if error.filename else reason
            click.echo(says(told), err=True)
            sys.exit(1)
        finally:
            _say_what_was_lost()

    return wrapped


def _say_what_was_lost() -> None:
    """Tell that loops which this command compiled could not be kept for the next one."""
    compiled = sys.modules.get("backcast.engine.compiled")
    if compiled and compiled.counts.pop("lost", 0):
        told = tr(
            "The compiled code could not be kept, so the next run will compile it again, which takes about a minute. "
            "Set BACKCAST_DATA to a folder that can be written to."
        )
        click.echo(says(told), err=True)
