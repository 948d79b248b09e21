"""What the list of projects may be asked: one form, whose answers narrow a queryset."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from backcast.planbook import schema
from backcast.web.core.actor import Actor
from backcast.web.core.models import choices_of
from backcast.web.directory.models import Organisation, Region
from backcast.web.plans.models import Indicator, Plan, Task
from backcast.web.projects import reach, search
from backcast.web.projects.models import Listing, Output

REACHED = frozenset({"completed", "production", "full_effect", "recognised", "accepted", "assessed"})
"""Stages of projects that are done, whether or not anybody wrote down the day."""
GIVEN_UP = frozenset({"terminated", "withdrawn"})
Dates = Mapping[int, date]
"""The data date of each plan, by its key."""
SOON = timedelta(days=90)
"""How near a planned finish is that is due soon."""


class FilterForm(forms.Form):
    """The questions; what cannot be read is told at its field and asks nothing."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    region = forms.ModelChoiceField(Region.objects.none(), label=_("Region"), required=False, to_field_name="code")
    late = forms.BooleanField(label=_("Late"), required=False)
    due = forms.BooleanField(label=_("Due within 90 days"), required=False)
    stage = forms.MultipleChoiceField(label=_("Stage"), required=False, choices=choices_of(schema.PROJECTS["stage"]))
    kind = forms.MultipleChoiceField(label=_("Kind"), required=False, choices=choices_of(schema.PROJECTS["kind"]))
    plan = forms.ModelChoiceField(Plan.objects.none(), label=_("Plan"), required=False, to_field_name="code")
    task = forms.CharField(label=_("Task"), required=False, max_length=64)
    indicator = forms.CharField(label=_("Indicator"), required=False, max_length=64)
    sector = forms.CharField(label=_("Sector"), required=False, max_length=64)
    owner = forms.CharField(label=_("Owner or organisation"), required=False, max_length=100)
    tier = forms.ChoiceField(
        label=_("On the list of"), required=False, choices=[("", ""), *choices_of(schema.LISTINGS["tier"])]
    )
    year = forms.IntegerField(label=_("Year of the list"), required=False, min_value=1900, max_value=2200)
    investment_from = forms.DecimalField(label=_("Investment from, 万元"), required=False, max_digits=24)
    investment_to = forms.DecimalField(label=_("Investment to, 万元"), required=False, max_digits=24)
    start_from = forms.DateField(label=_("Planned start from"), required=False)
    start_to = forms.DateField(label=_("Planned start to"), required=False)
    finish_from = forms.DateField(label=_("Planned finish from"), required=False)
    finish_to = forms.DateField(label=_("Planned finish to"), required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor
        chosen: dict[str, Any] = self.fields
        chosen["region"].queryset = Region.objects.visible_to(actor).defer("boundary", "note")
        chosen["plan"].queryset = Plan.objects.visible_to(actor)

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked and could be read, by field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [], False)}


def condition(asked: Mapping[str, Any], dates: Dates) -> Q:
    """Return the condition that a project answers everything that is asked, by the data dates of the plans."""
    conditions = [Q(**{path: asked[name]}) for name, path in _PLAIN.items() if name in asked]
    conditions += [ask(dates) for name, ask in _BY_DATES.items() if name in asked]
    conditions += [_CONDITIONS[name](asked[name]) for name in asked if name in _CONDITIONS]
    if "tier" in asked or "year" in asked:
        conditions.append(Q(pk__in=_listed(asked)))
    return reduce(and_, conditions, Q())


def is_late(project: Mapping[str, Any], dates: Dates) -> bool:
    """Whether a project, as a row of values, should be finished and is not."""
    finish = project["planned_finish"]
    return (
        finish is not None
        and project["actual_finish"] is None
        and finish < dates[project["plan_id"]]
        and project["stage"] not in REACHED | GIVEN_UP
    )


def _unfinished() -> Q:
    return Q(actual_finish=None) & ~Q(stage__in=REACHED | GIVEN_UP)


def _late(dates: Dates) -> Q:
    """Planned to be finished before its plan's data date, and not."""
    before = [Q(plan=key, planned_finish__lt=day) for key, day in dates.items()]
    return _any(before) & Q(planned_finish__lt=max(dates.values(), default=date.min)) & _unfinished()


def _due(dates: Dates) -> Q:
    """Planned to be finished soon after its plan's data date."""
    return _any([Q(plan=key, planned_finish__range=(day, day + SOON)) for key, day in dates.items()]) & _unfinished()


def _any(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions, Q(pk__in=()))


def _task(code: str) -> Q:
    """Of a task or of one below it."""
    tasks = list(Task.objects.order_by("code").only("pk", "code", "parent_id"))
    reached = {task.pk for task in tasks if task.code == code}
    while more := {task.pk for task in tasks if task.parent_id in reached} - reached:
        reached |= more
    return Q(task__in=reached)


def _indicator(code: str) -> Q:
    keys = list(Indicator.objects.filter(code=code).order_by().values_list("pk", flat=True))
    return Q(pk__in=Output.objects.filter(indicator__in=keys).order_by().values("project"))


def _owner(text: str) -> Q:
    named = Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code=text)
    keys = list(Organisation.objects.filter(named).order_by().values_list("pk", flat=True)[:500])
    return Q(owner__icontains=text) | Q(owner_organisation__in=keys)


def _listed(asked: Mapping[str, Any]) -> QuerySet[Listing, Any]:
    listings = Listing.objects.filter(**{name: asked[name] for name in ("tier", "year") if name in asked})
    return listings.order_by().values("project")


_PLAIN = {
    "stage": "stage__in",
    "kind": "kind__in",
    "plan": "plan",
    "sector": "sector",
    "investment_from": "total_investment__gte",
    "investment_to": "total_investment__lte",
    "start_from": "planned_start__gte",
    "start_to": "planned_start__lte",
    "finish_from": "planned_finish__gte",
    "finish_to": "planned_finish__lte",
}
_CONDITIONS: dict[str, Callable[[Any], Q]] = {
    "q": search.found,
    "region": lambda region: reach.within(region.path),
    "task": _task,
    "indicator": _indicator,
    "owner": _owner,
}
_BY_DATES: dict[str, Callable[[Dates], Q]] = {"late": _late, "due": _due}
