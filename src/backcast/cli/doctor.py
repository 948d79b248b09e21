"""``backcast doctor``: what is in place, and what to do about what is not."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import click

from backcast import language
from backcast.cli.shipped import shanxi
from backcast.engine.kernel_folder import kernel_folder
from backcast.language import Message, tr

Finding = tuple[bool, Message]


def examine() -> bool:
    """Print one line per finding; returns whether everything that is needed is there."""
    findings = [check() for check in CHECKS]
    for good, message in findings:
        click.echo(f"{'✓' if good else '✗'} {message}")
    return all(good for good, _ in findings)


def _python() -> Finding:
    return sys.version_info >= (3, 11), tr(
        "Python {version}; 3.11 or later is needed.", version=platform.python_version()
    )


def _package() -> Finding:
    return True, tr("Backcast {version}.", version=version("backcast"))


def _processor() -> Finding:
    machine = platform.machine()
    message = tr(
        "{cores} cores, {machine}; the same digits are promised on x86_64.", cores=os.cpu_count(), machine=machine
    )
    return True, message


def _plan() -> Finding:
    return (shanxi() / "plan.yaml").is_file(), tr("The Shanxi plan that ships with Backcast is in place.")


def _languages() -> Finding:
    files = [
        Path(language.__file__).parent / "locale" / code / "LC_MESSAGES" / "backcast.mo" for code in language.LANGUAGES
    ]
    return all(file.is_file() for file in files), tr("Chinese and English catalogues are in place.")


def _kernel_cache() -> Finding:
    folder = kernel_folder()
    if folder is None or not os.access(folder, os.W_OK):
        return False, tr("Compiled code can be kept nowhere. Set BACKCAST_DATA to a folder that can be written to.")
    return True, tr("Compiled code is kept in {folder}.", folder=folder)


def _temporary() -> Finding:
    place = tempfile.gettempdir()
    return os.access(place, os.W_OK), tr("Temporary files can be written to {folder}.", folder=place)


CHECKS: tuple[Callable[[], Finding], ...] = (
    _python,
    _package,
    _processor,
    _plan,
    _languages,
    _kernel_cache,
    _temporary,
)
