"""What whoever starts a run may choose."""

from __future__ import annotations

from typing import Any

from django import forms

from backcast.web.forecasts.models import Run
from backcast.web.plans.models import Plan


class StartForm(forms.ModelForm):  # type: ignore[type-arg]
    """Data date, draws and seed, each with what usually fits."""

    class Meta:
        """In the order in which they matter."""

        model = Run
        fields = ("data_date", "draws", "seed")

    def __init__(self, plan: Plan, data: Any = None) -> None:
        super().__init__(data, initial={"data_date": plan.stands_on})
        self.fields["data_date"].widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
