"""What the officers do with users and grants, and what everybody does with the own account."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from backcast.web.accounts.models import Grant, PastPassword, Scope, Token, User
from backcast.web.accounts.tokens import digest_of, new_secret
from backcast.web.audit import recording as audit
from backcast.web.core.actor import Actor, Route
from backcast.web.core.refusals import Fault, Invalid, Refused
from backcast.web.core.roles import OFFICERS, Role

BACKCAST = Actor("backcast", Route.JOB)
"""Who acts when nobody does: rules that apply by themselves."""

# ---- The system officer: users come and go.


@transaction.atomic
def create_user(username: str, name: str, *, by: Actor) -> tuple[User, str]:
    """Make a user without grants; return the user and a path at which the password is set, once."""
    by.require(Role.SYSTEM_OFFICER)
    user = User(username=username.lower(), name=name)
    user.set_unusable_password()
    _check(user)
    user.save()
    audit.record(by, "user.created", user, after={"username": user.username, "name": user.name})
    return user, link_for(user)


@transaction.atomic
def rename_user(user: User, username: str, name: str, *, by: Actor) -> User:
    """Change how a user signs in and is called."""
    by.require(Role.SYSTEM_OFFICER)
    before = {"username": user.username, "name": user.name}
    user.username, user.name = username.lower(), name
    _check(user)
    user.save(update_fields=["username", "name"])
    audit.record(by, "user.renamed", user, before=before, after={"username": user.username, "name": user.name})
    return user


@transaction.atomic
def disable_user(user: User, *, by: Actor) -> User:
    """Let a user in no more; sessions and tokens end at once."""
    by.require(Role.SYSTEM_OFFICER)
    if user.pk == by.user_id:
        raise Refused(_("You cannot disable your own account; another system officer can."))
    _switch(user, enabled=False, by=by)
    return user


@transaction.atomic
def enable_user(user: User, *, by: Actor) -> User:
    """Let a user in again."""
    by.require(Role.SYSTEM_OFFICER)
    _switch(user, enabled=True, by=by)
    return user


@transaction.atomic
def reset_sign_in(user: User, *, by: Actor) -> str:
    """Take the password away, end all sessions, and return a path at which a new one is set, once.

    Links that were given before are void.
    """
    by.require(Role.SYSTEM_OFFICER)
    return _reset(user, by=by)


@transaction.atomic
def reset_second_factor(user: User, *, by: Actor) -> None:
    """Remove authenticator app and recovery codes of somebody who lost them; all sessions end."""
    by.require(Role.SYSTEM_OFFICER)
    Authenticator.objects.filter(user=user).delete()
    end_sessions(user)
    audit.record(by, "second_factor.removed", user)


@transaction.atomic
def disable_idle(now: datetime) -> int:
    """Disable everybody who has not signed in for as long as ``IDLE_DISABLES`` says; return how many."""
    idle = list(User.objects.get_queryset().idle(now))
    for user in idle:
        _switch(user, enabled=False, by=BACKCAST)
    return len(idle)


# ---- The security officer: who may do what.


@transaction.atomic
def add_grant(
    user: User,
    role: Role,
    *,
    region_path: str = "",
    organisation: str = "",
    starts: date | None = None,
    ends: date | None = None,
    by: Actor,
) -> Grant:
    """Give a user a role within a place, for a time."""
    by.require(Role.SECURITY_OFFICER)
    _refuse_own(user, by)
    User.objects.select_for_update().get(pk=user.pk)  # two officers at once would each see no clash
    grant = Grant(user=user, role=role, region_path=region_path, organisation=organisation, starts=starts, ends=ends)
    if faults := [*_misplaced(grant), *_clashing(grant)]:
        raise Invalid(faults)
    _check(grant)
    grant.save()
    audit.record(by, "grant.added", grant, after=_told(grant))
    return grant


@transaction.atomic
def withdraw_grant(grant: Grant, *, by: Actor) -> None:
    """Take a role away, from now on."""
    by.require(Role.SECURITY_OFFICER)
    _refuse_own(grant.user, by)
    audit.record(by, "grant.withdrawn", grant, before=_told(grant))
    grant.delete()


# ---- Everybody: the own account.


@transaction.atomic
def set_password(user: User, password: str, *, by: Actor) -> User:
    """Set one's own password; all other sessions end."""
    if user.pk != by.user_id:
        raise Refused(_("You can set only your own password."))
    user.set_password(password)
    user.password_set_at = timezone.now()
    user.save(update_fields=["password", "password_set_at"])
    PastPassword.objects.create(user=user, password=user.password)
    kept = user.past_passwords.values_list("pk", flat=True)[: settings.PASSWORD_HISTORY]
    user.past_passwords.exclude(pk__in=list(kept)).delete()
    audit.record(by, "password.changed", user)
    return user


@transaction.atomic
def issue_token(user: User, name: str, scope: Scope, days: int, *, by: Actor) -> tuple[Token, str]:
    """Make a token for the API; return it and its secret, which is shown once."""
    if user.pk != by.user_id:
        raise Refused(_("You can issue tokens only for your own account."))
    if by.roles & OFFICERS:
        raise Refused(_("Officers work in the browser, with their second factor: they have no tokens."))
    secret = new_secret()
    digest, expires = digest_of(secret), timezone.now() + timedelta(days=days)
    token = Token(user=user, code=digest[:12], name=name, digest=digest, scope=scope, expires_at=expires)
    token.save()
    audit.record(by, "token.issued", token, after={"name": name, "scope": scope, "expires_at": expires})
    return token, secret


@transaction.atomic
def revoke_token(token: Token, *, by: Actor) -> Token:
    """End a token at once."""
    if token.user_id != by.user_id:
        raise Refused(_("You can revoke only your own tokens."))
    token.revoked_at = token.revoked_at or timezone.now()
    token.save(update_fields=["revoked_at"])
    audit.record(by, "token.revoked", token)
    return token


@transaction.atomic
def end_session(session: UserSession, *, by: Actor) -> None:
    """End one of one's own sessions."""
    if session.user_id != by.user_id:
        raise Refused(_("You can end only your own sessions."))
    audit.note(by, "session.ended", {"address": session.ip, "began": session.created_at}, obj=session.user)
    session.end()


def end_sessions(user: User) -> None:
    """End all sessions of a user."""
    for session in UserSession.objects.filter(user=user):
        session.end()


# ---- The machine's owner: without anybody signed in.


@transaction.atomic
def make_officers(usernames: dict[Role, str], *, by: Actor) -> list[tuple[User, Role, str]]:
    """Make the three officers of a new installation, each with a path at which the password is set, once.

    Raises
    ------
    Refused
        Where there are officers already: they alone make and replace others.
    """
    if User.objects.get_queryset().officers().exists():
        raise Refused(_("There are officers already. A lost sign-in is reset by the system officer."))
    made = []
    for role, username in usernames.items():
        user = User(username=username, name=str(role.label))
        user.set_unusable_password()
        _check(user)
        user.save()
        grant = Grant.objects.create(user=user, role=role)
        audit.record(by, "user.created", user, after={"username": username, "name": user.name})
        audit.record(by, "grant.added", grant, after=_told(grant))
        made.append((user, role, link_for(user)))
    return made


@transaction.atomic
def break_glass(user: User, *, by: Actor) -> str:
    """Let the system officer in again who has lost password or second factor; return a path as after a reset."""
    if by.route is not Route.CLI or not user.grants.filter(role=Role.SYSTEM_OFFICER).exists():
        raise Refused(_("On the machine itself only the system officer is let in again, who then helps the others."))
    if not user.is_active:
        _switch(user, enabled=True, by=by)
    Authenticator.objects.filter(user=user).delete()
    audit.record(by, "second_factor.removed", user)
    return _reset(user, by=by)


def link_for(user: User) -> str:
    """Return the path at which a user sets a password: it works once, and for as long as Django's settings say."""
    return reverse("accounts:set-password", args=[user.username, default_token_generator.make_token(user)])


# ---- Steps.


def _reset(user: User, *, by: Actor) -> str:
    user.set_unusable_password()
    user.password_set_at = None
    user.save(update_fields=["password", "password_set_at"])
    end_sessions(user)
    audit.record(by, "password.reset", user)
    return link_for(user)


def _switch(user: User, *, enabled: bool, by: Actor) -> None:
    user.is_active = enabled
    if enabled:
        user.enabled_at = timezone.now()
    else:
        end_sessions(user)
    user.save(update_fields=["is_active", "enabled_at"])
    audit.record(by, "user.enabled" if enabled else "user.disabled", user)


def _check(made: User | Grant) -> None:
    """Ask the model's own rules, and tell every fault at once."""
    try:
        made.full_clean(exclude=["password"] if isinstance(made, User) else None, validate_constraints=False)
    except ValidationError as error:
        told = error.message_dict.items()
        raise Invalid([Fault(field, sentence) for field, sentences in told for sentence in sentences]) from error


def _refuse_own(user: User, by: Actor) -> None:
    if user.pk == by.user_id:
        raise Refused(_("You cannot change your own grants; another security officer can."))


def _misplaced(grant: Grant) -> list[Fault]:
    place = bool(grant.region_path or grant.organisation)
    if grant.role in OFFICERS and place:
        return [
            Fault("region_path", _("An officer's role has no region and no organisation: it sees no business data."))
        ]
    if grant.role not in OFFICERS and not place:
        return [Fault("region_path", _("Say where: a region, an organisation, or both."))]
    if grant.starts and grant.ends and grant.ends < grant.starts:
        return [Fault("ends", _("The last day comes before the first."))]
    return []


def _clashing(grant: Grant) -> list[Fault]:
    """Return what the triggers would refuse, as a sentence."""
    others = grant.user.grants.all().overlapping(grant.starts, grant.ends).exclude(role=grant.role)
    clash = others if grant.role in OFFICERS else others.filter(role__in=OFFICERS)
    if first := clash.first():
        told = _(
            "“{role}” excludes “{other}”, which {name} has. An officer has no second role: withdraw that one first."
        )
        return [
            Fault(
                "role",
                told.format(role=Role(grant.role).label, other=Role(first.role).label, name=grant.user),
            )
        ]
    return []


def _told(grant: Grant) -> dict[str, Any]:
    return {
        "user": grant.user.username,
        "role": grant.role,
        "region_path": grant.region_path,
        "organisation": grant.organisation,
        "starts": grant.starts,
        "ends": grant.ends,
    }
