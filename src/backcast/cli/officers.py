"""``backcast init`` and ``backcast link``; Django must be set up before this room is opened."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager

import click
from django.core.management import call_command
from django.utils import translation

from backcast.language import language, tr
from backcast.web.accounts import actions
from backcast.web.accounts.models import User
from backcast.web.core.actor import Actor, Route
from backcast.web.core.refusals import Invalid, Refused
from backcast.web.core.roles import Role

USERNAMES = {
    Role.SYSTEM_OFFICER: "system-officer",
    Role.SECURITY_OFFICER: "security-officer",
    Role.AUDIT_OFFICER: "audit-officer",
}


def make_officers(address: str) -> None:
    """Make database and officers, and print a link for each."""
    with _in_sentences():
        call_command("migrate", verbosity=0)
        made = actions.make_officers(USERNAMES, by=_operator())
        click.echo(str(tr("Hand each link to the one person who will be that officer. It works once, within a day.")))
        for user, role, path in made:
            click.echo(f"\n{role.label} ({user.username})\n{address.rstrip('/')}{path}")
        told = tr("Next: backcast serve. Then the system officer makes users, and the security officer grants roles.")
        click.echo(f"\n{told}")


def let_in_again(username: str, address: str) -> None:
    """Print a link for a system officer who has lost password or second factor."""
    with _in_sentences():
        user = User.objects.filter(username=username.lower()).first()
        if user is None:
            raise click.ClickException(str(tr("There is no user “{name}”.", name=username)))
        path = actions.break_glass(user, by=_operator())
        click.echo(f"{address.rstrip('/')}{path}")


def _operator() -> Actor:
    """Return whoever sits at the machine, by the name they have there."""
    return Actor(getpass.getuser(), Route.CLI)


@contextmanager
def _in_sentences() -> Iterator[None]:
    """Speak the language of this process, and tell refusals as sentences."""
    with translation.override("zh-hans" if language() == "zh_Hans" else "en"):
        try:
            yield
        except (Refused, Invalid) as refused:
            raise click.ClickException(str(refused)) from None
