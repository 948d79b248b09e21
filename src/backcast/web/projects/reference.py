"""The table of transitions as people read it: for the page, and for the documentation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from backcast.planbook.schema import PROJECTS
from backcast.web.core.models import choices_of, in_either
from backcast.web.projects.lifecycle import STAGES_OF, TRANSITIONS, Transition
from backcast.web.projects.models import Project


@dataclass(frozen=True, slots=True)
class Row:
    """One transition in words."""

    sources: str
    label: str
    target: str
    about: str
    required: str
    roles: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """The lifecycle of the kinds that share one."""

    title: str
    stages: tuple[str, ...]
    rows: tuple[Row, ...]


def chapters() -> list[Chapter]:
    """Return the lifecycles in the reader's language; kinds that pass the same stages share one."""
    together: dict[tuple[str, ...], list[str]] = {}
    for kind, stages in STAGES_OF.items():
        together.setdefault(stages, []).append(kind)
    kinds, names = dict(choices_of(PROJECTS["kind"])), dict(choices_of(PROJECTS["stage"]))
    return [
        Chapter(
            _(", ").join(str(kinds[kind]) for kind in same),
            tuple(str(names[stage]) for stage in stages),
            tuple(_row(step) for step in TRANSITIONS if same[0] in step.kinds),
        )
        for stages, same in together.items()
    ]


def _row(step: Transition) -> Row:
    names = dict(choices_of(PROJECTS["stage"]))
    return Row(
        _(", ").join(str(names[source]) for source in step.sources),
        str(step.label),
        str(names[step.target]),
        str(step.about),
        _(", ").join(_needed(step)) or "–",
        _(", ").join(str(role.label) for role in sorted(step.roles)),
    )


def _needed(step: Transition) -> Iterator[str]:
    """Yield what must be known: fields of a planbook by its labels, and the reason."""
    for name in step.required:
        column = PROJECTS[name]
        yield in_either(column.label, column.label_zh).lower()
    if step.needs_reason:
        yield str(getattr(Project._meta.get_field("stage_reason"), "verbose_name", ""))
