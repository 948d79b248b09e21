"""A project's gates: when each is planned, was baselined, and was passed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backcast.planbook.networks import GATE_ORDER
from backcast.planbook.schema import ACTIVITIES
from backcast.web.core.models import choices_of
from backcast.web.projects.models import Activity, Baseline, Project

LABELS = dict(choices_of(ACTIVITIES["gate"]))


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate of a project.

    Attributes
    ----------
    baseline
        The date in the latest baseline.
    """

    project: Project
    name: str
    planned: date | None
    baseline: date | None
    actual: date | None

    @property
    def label(self) -> str:
        """What the gate is called."""
        return str(LABELS[self.name])

    @property
    def days_late(self) -> int | None:
        """Days from the plan to what happened; negative: early."""
        return (self.actual - self.planned).days if self.actual and self.planned else None

    @property
    def days_overdue(self) -> int:
        """Days since it was planned, at the plan's data date, of a gate that was not passed."""
        when = self.project.plan.stands_on
        return max((when - self.planned).days, 0) if self.planned and not self.actual else 0

    @property
    def days_early(self) -> int:
        """The same turned round."""
        return -(self.days_late or 0)


def gates_of(project: Project) -> list[Gate]:
    """Return the gates of a project in order: those of its network, else those that its own dates tell."""
    flagged = list(project.activities.exclude(gate=""))
    baseline = project.baselines.order_by("-number").first()
    found = _of_network(project, flagged, baseline) if flagged else _of_dates(project, baseline)
    return sorted(found, key=lambda gate: GATE_ORDER.index(gate.name))


def _of_network(project: Project, flagged: list[Activity], baseline: Baseline | None) -> list[Gate]:
    frozen = dict(baseline.activities.values_list("code", "planned_finish")) if baseline else {}
    return [Gate(project, one.gate, one.planned_finish, frozen.get(one.code), one.actual_finish) for one in flagged]


def _of_dates(project: Project, baseline: Baseline | None) -> list[Gate]:
    """A recognition has one gate, everything else a start and a completion."""
    last = "recognition" if project.kind == "recognition" else "completion"
    frozen_start, frozen_finish = (baseline.planned_start, baseline.planned_finish) if baseline else (None, None)
    start = Gate(project, "start", project.planned_start, frozen_start, project.actual_start)
    finish = Gate(project, last, project.planned_finish, frozen_finish, project.actual_finish)
    return [finish] if last == "recognition" else [start, finish]
