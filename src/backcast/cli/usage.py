"""Click's own sentences in the language of this process.

Click looks its sentences up with gettext. They are listed here, so that they are gathered into our
catalogues, and gettext is pointed there when the command line is opened.
"""

from __future__ import annotations

import gettext
import os
import sys
from typing import Any

import click

from backcast.language import LOCALE, language, tr

INTERRUPTED = 130
"""Exit code of what Ctrl-C ended, as shells count."""
SENTENCES = (
    tr("Usage:"),
    tr("Options"),
    tr("Commands"),
    tr("Positional arguments"),
    tr("Show this message and exit."),
    tr("default: {default}"),
    tr("Error: {message}"),
    tr("Try '{command} {option}' for help."),
    tr("Missing command."),
    tr("Missing argument"),
    tr("Missing option"),
    tr("Invalid value for {param_hint}: {message}"),
    tr("No such command {name!r}."),
    tr("No such option {name!r}."),
    tr("Option {name!r} requires an argument."),
    tr("Option {name!r} does not take a value."),
    tr("{value!r} is not a valid {number_type}."),
    tr("{value} is not in the range {range}."),
    tr("{name} {filename!r} is a file."),
    tr("{name} {filename!r} is a directory."),
    tr("file"),
    tr("directory"),
    tr("Aborted!"),
)


class Door(click.Group):
    """A group of commands that speaks the language of this process."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Point gettext to our catalogues, then parse and run."""
        os.environ["LANGUAGE"] = language()
        gettext.bindtextdomain("backcast", LOCALE)
        gettext.textdomain("backcast")
        return super().main(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; if it is interrupted, say so and wait for no thread: what they compute nobody needs."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo(str(tr("Interrupted. No file is left half written.")), err=True)
            sys.stdout.flush()
            os._exit(INTERRUPTED)
