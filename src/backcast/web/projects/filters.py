"""What the list of projects may be asked: one form, whose answers narrow a queryset."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from backcast.planbook import schema
from backcast.web.core.actor import Actor
from backcast.web.core.models import choices_of
from backcast.web.directory.models import Organisation
from backcast.web.projects import reach, search
from backcast.web.projects.known import Known, KnownPlan, KnownRegion, Named
from backcast.web.projects.models import Listing, Output

One = TypeVar("One", bound=Named)
SOON = timedelta(days=90)
"""How near a planned finish is that is due soon."""


class FilterForm(forms.Form):
    """The questions; what cannot be read is told at its field and asks nothing."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    region = forms.CharField(label=_("Region"), required=False)
    late = forms.BooleanField(label=_("Late"), required=False)
    due = forms.BooleanField(label=_("Due within 90 days"), required=False)
    stage = forms.MultipleChoiceField(label=_("Stage"), required=False, choices=choices_of(schema.PROJECTS["stage"]))
    kind = forms.MultipleChoiceField(label=_("Kind"), required=False, choices=choices_of(schema.PROJECTS["kind"]))
    plan = forms.CharField(label=_("Plan"), required=False)
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
        self.known = Known.to(actor)

    def clean_region(self) -> KnownRegion | None:
        """Return the region of a code."""
        return _one(self.known.regions, self.cleaned_data["region"])

    def clean_plan(self) -> KnownPlan | None:
        """Return the plan of a code."""
        return _one(self.known.plans, self.cleaned_data["plan"])

    @property
    def asked(self) -> dict[str, Any]:
        """What is asked and could be read, by field."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [], False)}


def _one(known: Mapping[str, One], code: str) -> One | None:
    """Return the row of a code, if one is asked for."""
    if code and code not in known:
        raise ValidationError(forms.ModelChoiceField.default_error_messages["invalid_choice"])
    return known.get(code)


def condition(asked: Mapping[str, Any], known: Known) -> Q:
    """Return the condition that a project answers everything that is asked."""
    conditions = [Q(**{path: asked[name]}) for name, path in _PLAIN.items() if name in asked]
    conditions += [_CONDITIONS[name](value, known) for name, value in asked.items() if name in _CONDITIONS]
    if "tier" in asked or "year" in asked:
        conditions.append(Q(pk__in=_listed(asked)))
    return reduce(and_, conditions, Q())


def is_late(project: Mapping[str, Any], dates: Mapping[int, date]) -> bool:
    """Whether a project, as a row of values, should be finished by the data date of its plan and is not."""
    due: date | None = project["finish_due"]
    return due is not None and due < dates[project["plan_id"]]


def _late(_: Any, known: Known) -> Q:
    """Due to be finished before its plan's data date."""
    return _by_plan(known, lambda day: Q(finish_due__lt=day))


def _due(_: Any, known: Known) -> Q:
    """Due to be finished soon after its plan's data date."""
    return _by_plan(known, lambda day: Q(finish_due__gte=day, finish_due__lte=day + SOON))


def _by_plan(known: Known, asked: Callable[[date], Q]) -> Q:
    """Return a condition on the data date of each project's plan; plans that share a date are asked together."""
    plans: defaultdict[date, list[int]] = defaultdict(list)
    for key, day in known.dates.items():
        plans[day].append(key)
    if len(plans) == 1:
        return asked(*plans)
    return reduce(or_, (Q(plan__in=keys) & asked(day) for day, keys in plans.items()), Q(pk__in=()))


def _indicator(code: str, known: Known) -> Q:
    keys = [indicator.key for indicator in known.indicators if indicator.code == code]
    return Q(pk__in=Output.objects.filter(indicator__in=keys).order_by().values("project"))


def _owner(text: str, _: Known) -> Q:
    named = Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code=text)
    keys = list(Organisation.objects.filter(named).order_by().values_list("pk", flat=True)[:500])
    return Q(owner__icontains=text) | Q(owner_organisation__in=keys)


def _listed(asked: Mapping[str, Any]) -> QuerySet[Listing, Any]:
    listings = Listing.objects.filter(**{name: asked[name] for name in ("tier", "year") if name in asked})
    return listings.order_by().values("project")


_PLAIN = {
    "stage": "stage__in",
    "kind": "kind__in",
    "sector": "sector",
    "investment_from": "total_investment__gte",
    "investment_to": "total_investment__lte",
    "start_from": "planned_start__gte",
    "start_to": "planned_start__lte",
    "finish_from": "planned_finish__gte",
    "finish_to": "planned_finish__lte",
}
_CONDITIONS: dict[str, Callable[[Any, Known], Q]] = {
    "q": lambda text, _: search.found(text),
    "region": lambda region, known: reach.within(region.path, known),
    "plan": lambda plan, _: Q(plan=plan.key),
    "task": lambda code, known: Q(task__in=known.tasks_below(code)),
    "late": _late,
    "due": _due,
    "indicator": _indicator,
    "owner": _owner,
}
