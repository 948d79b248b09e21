"""How a project moves through its stages: one table of transitions, from which rules, pages and reference are made.

Each kind of project has its own way. Any project that is not at its end may be stopped or deferred, and goes on where
it stood; one that is given up is terminated, one that leaves the library is withdrawn. A transition says who may make
it and what must be known by then.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backcast.web.core.roles import Role

OFFICERS = frozenset({Role.PLAN_OFFICER, Role.PROJECT_OFFICER})
"""Who decides about projects."""
REPORTERS = OFFICERS | {Role.REPORTER}
"""Who tells what has happened on the ground."""

WORKS = ("construction", "rollout")
RECOGNITION = ("recognition",)
EARLY = ("concept", "reserve", "preparation")
RUNNING = ("started", "construction")
SOUGHT = ("applied", "recommended", "reviewed")
ENDS = frozenset({"full_effect", "assessed", "terminated", "withdrawn"})
"""Stages from which a project does not go on, unless it is taken up again."""
WITH_REASON = frozenset({"stopped", "deferred", "terminated", "withdrawn"})
"""Stages that nobody enters without saying why."""

STAGES_OF: dict[str, tuple[str, ...]] = {
    "construction": (*EARLY, *RUNNING, "completed", "production", "full_effect"),
    "rollout": (*EARLY, *RUNNING, "completed", "production", "full_effect"),
    "recognition": (*SOUGHT, "recognised", "accepted", "assessed"),
}
"""The stages of each kind in order, without interruptions."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One way from stage to stage.

    Attributes
    ----------
    required
        Fields of the project that must be filled by then; they can be given with the transition.
    about
        What it means, in a sentence.
    """

    kinds: tuple[str, ...]
    sources: tuple[str, ...]
    target: str
    label: str | Promise
    about: str | Promise
    roles: frozenset[Role] = OFFICERS
    required: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields that are asked for, the date of the stage and its reason included."""
        reason = ("stage_reason",) if self.needs_reason else ()
        return ("stage_date", *self.required, *reason)

    @property
    def needs_reason(self) -> bool:
        """Whether somebody must say why."""
        return self.target in WITH_REASON or not WITH_REASON.isdisjoint(self.sources)


def _decided(
    kinds: tuple[str, ...], sources: str | tuple[str, ...], target: str, label: Promise, about: Promise, *required: str
) -> Transition:
    """Return a transition that officers decide on."""
    return Transition(
        kinds, (sources,) if isinstance(sources, str) else sources, target, label, about, OFFICERS, required
    )


def _reported(
    kinds: tuple[str, ...], sources: str | tuple[str, ...], target: str, label: Promise, about: Promise, *required: str
) -> Transition:
    """Return a transition that reporters tell of, because it happened on the ground."""
    return Transition(
        kinds, (sources,) if isinstance(sources, str) else sources, target, label, about, REPORTERS, required
    )


_ADMITTED = ("owner", "total_investment")
_PLANNED = (*_ADMITTED, "planned_start", "planned_finish")
_RESERVE = _("It has an owner and a size, and waits for its preparation.")
_PREPARATION = _("Approvals, land and funds are being sought, towards a planned start.")
_STARTED = _("Works have begun on site, with the permit that this takes.")
_COMPLETED = _("All works are done; acceptance may follow.")
_FULL_EFFECT = _("It delivers all that it was planned to deliver.")
_RECOMMENDED = _("The city or the department passes the application on.")
_RECOGNISED = _("It is in a batch that was announced, with its date.")
_ACCEPTED = _("What was to be built up has been accepted.")
_STOPPED = _("Works rest: for the winter, for want of funds, by order.")
_DEFERRED = _("It is put off, and stays in the library.")
_TERMINATED = _("It is given up for good; what it was to deliver is lost to the plan.")
_WITHDRAWN = _("It leaves the library before it started; its history stays.")
_REVOKED = _("Its application or its recognition is withdrawn; its history stays.")
_RESUMED = _("It goes on where it rested.")

TRANSITIONS: tuple[Transition, ...] = (
    _decided(WORKS, "concept", "reserve", _("Take into reserve"), _RESERVE, *_ADMITTED),
    _decided(WORKS, "reserve", "preparation", _("Begin preparation"), _PREPARATION, *_PLANNED),
    _reported(WORKS, "preparation", "started", _("Report the start"), _STARTED, "actual_start", "planned_finish"),
    _reported(
        WORKS,
        "started",
        "construction",
        _("Report construction"),
        _("The main works are under way."),
        "physical_percent_complete",
    ),
    _reported(WORKS, RUNNING, "completed", _("Report completion"), _COMPLETED, "actual_finish"),
    _reported(WORKS, "completed", "production", _("Report production"), _("It is in use, or it produces.")),
    _reported(WORKS, "production", "full_effect", _("Report full effect"), _FULL_EFFECT),
    _decided(RECOGNITION, "applied", "recommended", _("Recommend"), _RECOMMENDED, "owner"),
    _decided(RECOGNITION, "recommended", "reviewed", _("Record the review"), _("Experts have reviewed it.")),
    _decided(RECOGNITION, "reviewed", "recognised", _("Recognise"), _RECOGNISED, "actual_finish"),
    _decided(RECOGNITION, "recognised", "accepted", _("Record the acceptance"), _ACCEPTED),
    _decided(RECOGNITION, "accepted", "assessed", _("Record the assessment"), _("It has passed its assessment.")),
    _reported(WORKS, RUNNING, "stopped", _("Stop the works"), _STOPPED),
    _decided(WORKS, EARLY, "deferred", _("Defer"), _DEFERRED),
    _decided(RECOGNITION, (*SOUGHT, "recognised"), "deferred", _("Defer"), _DEFERRED),
    *(_reported(WORKS, "stopped", stage, _("Resume"), _RESUMED) for stage in RUNNING),
    *(_decided(WORKS, "deferred", stage, _("Resume"), _RESUMED) for stage in EARLY),
    *(_decided(RECOGNITION, "deferred", stage, _("Resume"), _RESUMED) for stage in (*SOUGHT, "recognised")),
    _decided(WORKS, (*EARLY, *RUNNING, "stopped", "deferred"), "terminated", _("Terminate"), _TERMINATED),
    _decided(RECOGNITION, (*SOUGHT, "recognised", "deferred"), "terminated", _("Terminate"), _TERMINATED),
    _decided(WORKS, (*EARLY, "deferred"), "withdrawn", _("Withdraw"), _WITHDRAWN),
    _decided(
        RECOGNITION,
        (*SOUGHT, "recognised", "accepted", "assessed", "deferred"),
        "withdrawn",
        _("Withdraw"),
        _REVOKED,
    ),
    _decided(
        WORKS,
        "withdrawn",
        "reserve",
        _("Take in again"),
        _("A project that had left the library comes back into reserve."),
        *_ADMITTED,
    ),
    _decided(
        RECOGNITION,
        "withdrawn",
        "applied",
        _("Take in again"),
        _("An application that was withdrawn is made again."),
    ),
)


def ways_on(kind: str, stage: str) -> list[Transition]:
    """Return the transitions from a stage of a kind, in the order of the table."""
    return [step for step in TRANSITIONS if kind in step.kinds and stage in step.sources]


def way_to(kind: str, stage: str, target: str) -> Transition | None:
    """Return the transition from a stage to another, if there is one."""
    return next((step for step in ways_on(kind, stage) if step.target == target), None)


def stages_of(kind: str) -> tuple[str, ...]:
    """Return every stage in which a project of a kind may be."""
    reached = {step.target for step in TRANSITIONS if kind in step.kinds}
    return (*STAGES_OF[kind], *(stage for stage in sorted(reached) if stage not in STAGES_OF[kind]))
