"""What the audit officer searches for."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backcast.web.audit import wording


class Day(forms.DateInput):
    """A day as browsers ask for it."""

    input_type = "date"


class SearchForm(forms.Form):
    """Filters of the list of events; whatever is left empty does not matter."""

    actor = forms.CharField(label=_("User"), max_length=64, required=False)
    action = forms.CharField(label=_("Action"), max_length=64, required=False)
    object_type = forms.ChoiceField(label=_("Kind of object"), required=False)
    object_code = forms.CharField(label=_("Code of the object"), max_length=255, required=False)
    route = forms.ChoiceField(label=_("Via"), choices=[("", _("any")), *wording.ROUTES.items()], required=False)
    address = forms.CharField(label=_("Address"), max_length=64, required=False)
    request_id = forms.CharField(label=_("Request"), max_length=64, required=False)
    since = forms.DateField(label=_("From"), widget=Day, required=False)
    until = forms.DateField(label=_("Until"), widget=Day, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["object_type"].choices = [("", _("any")), *wording.kinds()]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.is_required = False

    @property
    def asked(self) -> dict[str, Any]:
        """The filters that were given."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    def condition(self) -> Q:
        """Return the condition that events must meet; an action is found by how its name begins."""
        condition = Q()
        for name, value in self.asked.items():
            condition &= _condition(name, value)
        return condition


class PlaceForm(forms.Form):
    """Where in the list to go on."""

    before = forms.IntegerField(min_value=0, max_value=2**63 - 1, required=False)
    after = forms.IntegerField(min_value=0, max_value=2**63 - 1, required=False)


def _condition(name: str, value: Any) -> Q:
    match name:
        case "action":
            return Q(action__startswith=value)
        case "since":
            return Q(at__gte=_begin(value))
        case "until":
            return Q(at__lt=_begin(value + timedelta(days=1)))
        case _:
            return Q(**{name: value})


def _begin(day: date) -> datetime:
    """Return the first instant of a day here."""
    return timezone.make_aware(datetime.combine(day, time.min))
