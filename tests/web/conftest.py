"""Browsers of the cast: ``as_plan_officer.get(…)``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module

import pytest
from cast import client_of
from django.db import connection
from django.test import Client
from django.utils import translation

OPEN = pytest.StashKey[bool]()
"""Whether an earlier test has left the audit without its guards."""


def _browser(name: str) -> Callable[..., Client]:
    @pytest.fixture(name=f"as_{name.replace('-', '_')}")
    def browser(db: None) -> Client:
        return client_of(name)

    return browser


as_plan_officer = _browser("plan-officer")
as_reviewer_datong = _browser("reviewer-datong")
as_reporter_lingqiu = _browser("reporter-lingqiu")
as_dispatcher = _browser("dispatcher")
as_leader = _browser("leader")
as_finance_officer = _browser("finance-officer")
as_system_officer = _browser("system-officer")
as_security_officer = _browser("security-officer")
as_audit_officer = _browser("audit-officer")


@pytest.fixture
def as_nobody(db: None) -> Client:
    """A browser in which nobody is signed in."""
    return Client(headers={"accept-language": "en"})


@pytest.fixture(autouse=True)
def _no_language_left() -> Iterator[None]:
    """Forget the language of the last request, so that no test reads sentences in that of the one before."""
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _guarded_audit(request: pytest.FixtureRequest) -> Iterator[None]:
    """Guard the audit as migrations do; where a test commits, open it at the end, for what was left is removed."""
    mark = request.node.get_closest_marker("django_db")
    commits = (mark and mark.kwargs.get("transaction")) or {"transactional_db", "live_server"} & {*request.fixturenames}
    if not commits and not mark and "db" not in request.fixturenames:
        yield
        return
    request.getfixturevalue("transactional_db" if commits else "db")
    guards = import_module("backcast.web.audit.migrations.0002_guards")
    if request.config.stash.get(OPEN, False):
        _execute(guards.OPENINGS)  # where a test that broke off has left its guards
        _execute(guards.GUARDS)
    yield
    if commits:
        _execute(guards.OPENINGS)
        request.config.stash[OPEN] = True


def _execute(statements: dict[str, list[str]]) -> None:
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)
