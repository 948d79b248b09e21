"""``backcast audit``; Django must be set up before this room is opened."""

from __future__ import annotations

import re

import click
from django.utils import translation

from backcast.language import language, tr
from backcast.web.audit import recording
from backcast.web.audit.verification import Head, verify

HEAD = re.compile(r"(\d{1,18}):([0-9a-f]{64})")


def print_head() -> None:
    """Print the head as ``verify --head`` takes it."""
    click.echo("{}:{}".format(*recording.head()))


def verify_audit(kept: str | None) -> bool:
    """Print everything that is wrong with the audit; return whether nothing is."""
    head, found = _head(kept), False
    with translation.override("zh-hans" if language() == "zh" else "en"):
        for finding in verify(head):
            click.echo(finding.sentence)
            found = True
    if not found:
        number, digest = recording.head()
        click.echo(
            str(tr("The audit is whole: {number} events, head {head}.", number=number, head=f"{number}:{digest}"))
        )
    return not found


def _head(kept: str | None) -> Head | None:
    """Read a head as :func:`print_head` prints it."""
    if kept is None:
        return None
    told = HEAD.fullmatch(kept.strip())
    if not told:
        sentence = tr("--head: “{value}” is no head. Give what `backcast audit head` printed.", value=kept)
        raise click.UsageError(str(sentence))
    return Head(int(told[1]), told[2])
