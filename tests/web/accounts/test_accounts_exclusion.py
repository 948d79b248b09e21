"""The three officers exclude each other and every business role, whoever writes to the database."""

from __future__ import annotations

import pytest
from cast import DATONG
from django.db import DatabaseError, connection, transaction

from backcast.web.accounts.models import User
from backcast.web.core.roles import BUSINESS, OFFICERS, Role

pytestmark = pytest.mark.django_db


def _insert(user: User, role: Role, starts: str | None = None, ends: str | None = None) -> None:
    where = "" if role in OFFICERS else DATONG
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_grant (user_id, role, region_path, organisation, starts, ends)"
            " VALUES (%s, %s, %s, '', %s, %s)",
            [user.pk, role.value, where, starts, ends],
        )


@pytest.fixture
def user() -> User:
    return User.objects.create(username="somebody", name="Somebody")


@pytest.mark.parametrize("officer", sorted(OFFICERS))
@pytest.mark.parametrize("other", sorted(Role))
def test_a_raw_insert_beside_an_officer_is_refused(user, officer, other):
    _insert(user, officer)
    if other != officer:
        with pytest.raises(DatabaseError, match="no second role"):
            _insert(user, other)


@pytest.mark.parametrize("business", sorted(BUSINESS))
def test_nobody_with_business_becomes_an_officer(user, business):
    _insert(user, business)
    with pytest.raises(DatabaseError, match="no second role"):
        _insert(user, Role.AUDIT_OFFICER)


def test_two_business_roles_go_together(user):
    _insert(user, Role.REPORTER)
    _insert(user, Role.REVIEWER)
    assert {grant.role for grant in user.grants.all()} == {Role.REPORTER, Role.REVIEWER}


def test_a_raw_update_into_a_clash_is_refused(user):
    _insert(user, Role.REPORTER)
    _insert(user, Role.REVIEWER)
    change = "UPDATE accounts_grant SET role = 'audit_officer', region_path = '' WHERE role = 'reporter'"
    with pytest.raises(DatabaseError, match="no second role"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def test_one_after_the_other_is_no_clash(user):
    _insert(user, Role.REPORTER, ends="2025-06-30")
    _insert(user, Role.AUDIT_OFFICER, starts="2025-07-01")
    with pytest.raises(DatabaseError, match="no second role"):
        _insert(user, Role.REVIEWER, starts="2024-01-01", ends="2025-07-01")


@pytest.mark.parametrize(("role", "path"), [("audit_officer", "/"), ("reporter", "")])
def test_officers_reach_nowhere_and_everybody_else_somewhere(user, role, path):
    with pytest.raises(DatabaseError), transaction.atomic():
        user.grants.create(role=role, region_path=path)
