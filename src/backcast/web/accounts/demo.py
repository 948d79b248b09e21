"""The cast of the demonstration: one person for each role, whom a visitor may try on.

It is made only in demo mode, where everybody may be anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from backcast.web.accounts.models import Grant, User
from backcast.web.core.roles import Role

PROVINCE = "/140000/"
DATONG = "/140000/140200/"
LINGQIU = "/140000/140200/140224/"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody invented, with one role in one place."""

    username: str
    name: str
    role: Role
    region_path: str = ""


CAST = (
    Member("plan-officer", "王晓岚", Role.PLAN_OFFICER, PROVINCE),
    Member("reviewer-datong", "李建国", Role.REVIEWER, DATONG),
    Member("reporter-lingqiu", "张慧", Role.REPORTER, LINGQIU),
    Member("dispatcher", "赵志强", Role.DISPATCHER, PROVINCE),
    Member("leader", "陈明远", Role.LEADER, PROVINCE),
    Member("finance-officer", "刘静", Role.FINANCE_OFFICER, PROVINCE),
    Member("system-officer", "孙伟", Role.SYSTEM_OFFICER),
    Member("security-officer", "周芳", Role.SECURITY_OFFICER),
    Member("audit-officer", "吴正", Role.AUDIT_OFFICER),
)


@transaction.atomic
def make_cast() -> tuple[User, ...]:
    """Make everybody of the cast who is not there yet; nobody has a password."""
    return tuple(_made(member) for member in CAST)


def _made(member: Member) -> User:
    user, new = User.objects.get_or_create(username=member.username, defaults={"name": member.name})
    if new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        Grant.objects.create(user=user, role=member.role, region_path=member.region_path, starts=date(2021, 1, 1))
    return user
