"""Who acts: a user with grants, by the web, the API, the command line, an import or a job."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

from backcast.web.core.refusals import Refused
from backcast.web.core.roles import Role


class Route(StrEnum):
    """The way by which something came in."""

    WEB = "web"
    API = "api"
    CLI = "cli"
    IMPORT = "import"
    JOB = "job"


@dataclass(frozen=True, slots=True)
class Grant:
    """A role within a subtree of regions, an organisation, or both.

    Attributes
    ----------
    region_path
        Path of the subtree's root, such as ``"/140000/140200/"``; "/" is everywhere, empty is no region.
    organisation
        Code of the organisation whose things are in reach; empty is none.
    """

    role: Role
    region_path: str = ""
    organisation: str = ""

    def reaches(self, region_path: str, organisation: str = "") -> bool:
        """Whether something in a region, or of an organisation, is within this grant."""
        within = bool(self.region_path) and region_path.startswith(self.region_path)
        return within or (bool(self.organisation) and organisation == self.organisation)


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever reads or changes something.

    Attributes
    ----------
    name
        Sign-in name as the audit keeps it; empty for nobody.
    grants
        Those in force today.
    request_id, address
        Where the request came from, for the audit.
    """

    name: str
    route: Route
    grants: tuple[Grant, ...] = ()
    request_id: str = ""
    address: str = ""
    user_id: int | None = field(default=None, compare=False)

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that the actor has anywhere."""
        return frozenset(grant.role for grant in self.grants)

    def has(self, roles: Role | Iterable[Role], region_path: str | None = None, organisation: str = "") -> bool:
        """Whether one of the roles is granted, and where a place is given, whether it reaches there."""
        wanted = frozenset({roles}) if isinstance(roles, Role) else frozenset(roles)
        return any(
            grant.role in wanted and (region_path is None or grant.reaches(region_path, organisation))
            for grant in self.grants
        )

    def require(self, roles: Role | Iterable[Role], region_path: str | None = None, organisation: str = "") -> None:
        """Raise :class:`Refused`, with a sentence that names who may, unless :meth:`has`."""
        if not self.has(roles, region_path, organisation):
            wanted = [roles] if isinstance(roles, Role) else sorted(roles)
            names = _(", ").join(str(role.label) for role in wanted)
            raise Refused(_("Your account may not do this here. It takes the role: {roles}.").format(roles=names))
