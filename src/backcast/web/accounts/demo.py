"""The cast of the demonstration: one person for each role, whom a visitor may try on.

It is made only in demo mode, where everybody may be anybody.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backcast.web.accounts.actions import BACKCAST
from backcast.web.accounts.models import Grant, User
from backcast.web.audit import recording as audit
from backcast.web.core.refusals import Refused
from backcast.web.core.roles import Role

PROVINCE = "/140000/"
DATONG = "/140000/140200/"
LINGQIU = "/140000/140200/140224/"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody invented, with one role in one place."""

    username: str
    name: str
    title: Promise
    role: Role
    region_path: str = ""


CAST = (
    Member("plan-officer", "王晓岚", _("Plan officer"), Role.PLAN_OFFICER, PROVINCE),
    Member("reviewer-datong", "李建国", _("City reviewer, Datong"), Role.REVIEWER, DATONG),
    Member("reporter-lingqiu", "张慧", _("County reporter, Lingqiu"), Role.REPORTER, LINGQIU),
    Member("dispatcher", "赵志强", _("Dispatcher"), Role.DISPATCHER, PROVINCE),
    Member("leader", "陈明远", _("Leader"), Role.LEADER, PROVINCE),
    Member("finance-officer", "刘静", _("Finance officer"), Role.FINANCE_OFFICER, PROVINCE),
    Member("system-officer", "孙伟", _("System officer"), Role.SYSTEM_OFFICER),
    Member("security-officer", "周芳", _("Security officer"), Role.SECURITY_OFFICER),
    Member("audit-officer", "吴正", _("Audit officer"), Role.AUDIT_OFFICER),
)


@transaction.atomic
def make_cast() -> tuple[User, ...]:
    """Make everybody of the cast who is not there yet.

    Raises
    ------
    Refused
        Outside of demo mode, where nobody is invented.
    """
    if not settings.ENVIRONMENT.demo:
        raise Refused(gettext("The cast is only for demonstrations. Set BACKCAST_DEMO to 1."))
    return tuple(made(member) for member in CAST)


def made(member: Member) -> User:
    """Return the user that a member of the cast is: without a password, so that only a button opens the door."""
    user, new = User.objects.get_or_create(username=member.username, defaults={"name": member.name})
    if new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
        grant = Grant.objects.create(user=user, role=member.role, region_path=member.region_path)
        audit.record(BACKCAST, "user.created", user, after={"username": user.username, "name": user.name})
        audit.record(BACKCAST, "grant.added", grant, after={"role": grant.role, "region_path": grant.region_path})
    return user
