"""What the page of components shows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class ExampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label=_("Name"), help_text=_("As in the approval document."))
    stage = forms.ChoiceField(
        label=_("Stage"), choices=[("reserve", _("reserve")), ("construction", _("construction"))]
    )
    planned_finish = forms.DateField(label=_("Planned finish"), help_text=_("Such as 2025-06-30."))
    note = forms.CharField(label=_("Note"), widget=forms.Textarea({"rows": 3}), required=False)
    listed = forms.BooleanField(label=_("In this year's list"), required=False)


ROWS = (
    ("P-0007", _("Data centre, phase two"), Decimal("128500.00"), date(2025, 6, 30), "green"),
    ("P-0031", _("Ring road, northern section"), Decimal("86000.00"), date(2025, 11, 30), "yellow"),
    ("P-0112", _("Pumped storage station"), Decimal("6420.50"), None, "red"),
)
LIGHTS = (
    ("red", _("in danger")),
    ("yellow", _("uncertain")),
    ("green", _("on course")),
    ("met", _("met")),
    ("missed", _("missed")),
    ("none", _("no forecast")),
)


def context(request: HttpRequest) -> dict[str, Any]:
    """Return values for every component."""
    typed = {"name": "", "stage": "construction", "planned_finish": "PNS", "note": _("Kept as it was typed.")}
    wrong = ExampleForm({f"wrong-{field}": value for field, value in typed.items()}, prefix="wrong")
    return {"form": ExampleForm(), "wrong": wrong, "rows": ROWS, "lights": LIGHTS}
