"""Browsers of the cast: ``as_plan_officer.get(…)``."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cast import client_of
from django.test import Client


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
