"""Forms over plans, their parts and their figures."""

from __future__ import annotations

from typing import Any

from django import forms

from backcast.web.core.editing import EditForm
from backcast.web.directory.models import Organisation
from backcast.web.plans.models import Definition, Indicator, Measure, Observation, Plan, Target, Task

SOURCED = ("status", "source", "url", "note", "known_from")


class PlanForm(EditForm):
    """The document itself; its code only at the start."""

    class Meta:
        """In the order in which a title page says it."""

        model = Plan
        fields = (
            "code", "name", "name_en", "issuer", "issuer_en", "document", "released", "starts", "ends", "vision_year",
            "data_date", "simulated", "notice", "notice_en", *SOURCED,
        )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["code"]


class PartForm(EditForm):
    """Something within a plan: it may name only parts of that plan; its code only at the start."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        plan = self.instance.plan
        if self.instance.pk:
            del self.fields["code"]
        for name, model in (("task", Task), ("parent", Task), ("numerator", Indicator), ("denominator", Indicator)):
            if name in self.fields:
                self._offer(name, model.objects.filter(plan=plan).exclude(pk=_same(self.instance, model)))
        for name in ("lead", "responsible"):
            if name in self.fields:
                self._offer(name, Organisation.objects.current())

    def _offer(self, name: str, rows: Any) -> None:
        field: Any = self.fields[name]
        field.queryset = rows


class TaskForm(PartForm):
    """A task of the plan."""

    class Meta:
        """With its place in the tree."""

        model = Task
        fields = ("code", "parent", "name", "name_en", *SOURCED)


class MeasureForm(PartForm):
    """A measure: by whom, by when, and how one knows that it is done."""

    class Meta:
        """In the order of the ledger of measures."""

        model = Measure
        fields = (
            "code", "name", "name_en", "task", "state", "deadline", "year", "lead", "partners", "deliverable",
            "completion_mark", *SOURCED,
        )  # fmt: skip


class IndicatorForm(PartForm):
    """An indicator: its unit, what it measures, and who answers for it."""

    class Meta:
        """First what everybody needs."""

        model = Indicator
        fields = (
            "code", "task", "name", "name_en", "unit", "unit_en", "kind", "direction", "nature", "responsible",
            "decimals", "counts_from", "basis", "numerator", "denominator", "scale", "can_fall", "floor", "ceiling",
            *SOURCED,
        )  # fmt: skip


class DefinitionForm(EditForm):
    """A version of an indicator's definition."""

    class Meta:
        """With the series break."""

        model = Definition
        fields = ("version_code", "valid_from", "series_break", "text", "text_en", *SOURCED)


class TargetForm(EditForm):
    """A target as a document says it."""

    class Meta:
        """With the document."""

        model = Target
        fields = (
            "region", "date", "value", "comparison", "document", "document_en", "issued", "valid_to", *SOURCED,
        )  # fmt: skip


class RevisionForm(EditForm):
    """What a later document says instead of a target."""

    class Meta:
        """What the later document can change."""

        model = Target
        fields = ("value", "comparison", "document", "document_en", "issued", *SOURCED)


class ObservationForm(EditForm):
    """A figure that was reported."""

    class Meta:
        """With the definition that it follows."""

        model = Observation
        fields = ("region", "date", "value", "definition", "use", *SOURCED)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        versions = self.instance.indicator.definitions.values_list("version_code", flat=True)
        choices = [("", "–"), *((version, version) for version in versions)]
        kept = self.instance.definition
        if kept and (kept, kept) not in choices:
            choices.append((kept, kept))
        field = self.fields["definition"]
        self.fields["definition"] = forms.ChoiceField(label=field.label, choices=choices, required=False)
        self.fields["definition"].show_hidden_initial = field.show_hidden_initial


def _same(instance: Any, model: type[Any]) -> int | None:
    """Return the key of a row that must not name itself."""
    return instance.pk if isinstance(instance, model) else None
