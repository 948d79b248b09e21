"""A small plan in the database."""

import pytest
from exchange_scene import book

from backcast.web.core.actor import Actor, Grant, Route
from backcast.web.core.roles import Role
from backcast.web.exchange.loading import load


@pytest.fixture
def operator():
    """Somebody who may write everything."""
    return Actor("operator", Route.IMPORT, (Grant(Role.PLAN_OFFICER, "/"), Grant(Role.PROJECT_OFFICER, "/")), "r1")


@pytest.fixture
def small():
    """The planbook itself."""
    return book()


@pytest.fixture
def plan(db, small, operator):
    """The plan as it was loaded."""
    loaded, _ = load(small, by=operator)
    return loaded
