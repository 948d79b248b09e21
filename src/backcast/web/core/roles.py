"""Roles: what somebody may be to the office, and which roles exclude each other."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a grant makes of a user."""

    PLAN_OFFICER = "plan_officer", _("plan officer")
    PROJECT_OFFICER = "project_officer", _("project officer")
    REPORTER = "reporter", _("reporter")
    REVIEWER = "reviewer", _("reviewer")
    DISPATCHER = "dispatcher", _("dispatcher")
    FINANCE_OFFICER = "finance_officer", _("finance officer")
    BANK = "bank", _("bank")
    LEADER = "leader", _("leader")
    OBSERVER = "observer", _("observer")
    SYSTEM_OFFICER = "system_officer", _("system officer")
    SECURITY_OFFICER = "security_officer", _("security officer")
    AUDIT_OFFICER = "audit_officer", _("audit officer")


OFFICERS = frozenset({Role.SYSTEM_OFFICER, Role.SECURITY_OFFICER, Role.AUDIT_OFFICER})
"""The three officers: each excludes the others and every business role."""
BUSINESS = frozenset(Role) - OFFICERS
"""Roles that see business data."""
PLANNERS = frozenset({Role.PLAN_OFFICER})
"""Roles that change plans, indicators and targets, and the directory."""
EDITORS = frozenset({Role.PLAN_OFFICER, Role.PROJECT_OFFICER, Role.REPORTER})
"""Roles that change projects where their grants reach; reporters only those of their county or organisation."""
