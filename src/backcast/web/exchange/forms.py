"""Choosing a table, uploading a file, and naming the columns of a foreign one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import FileExtensionValidator
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from backcast.planbook.columns import Column, Table
from backcast.web.core.actor import Actor
from backcast.web.exchange.foreign import Heading
from backcast.web.exchange.models import ColumnNames
from backcast.web.exchange.registry import home, homes
from backcast.web.ui.reading import in_either

LEFT_OUT = "-"
"""What is chosen for a heading that is no column of ours."""


class ChooseForm(forms.Form):
    """Which table of which plan."""

    plan = forms.ChoiceField(label=_("Plan"))
    table = forms.ChoiceField(label=_("Table"))

    def __init__(self, query: Any, actor: Actor) -> None:
        plans = [(plan.code, str(plan)) for plan in home("plan").scope(actor, None)]
        tables = [(one.table.name, in_either(one.table.label, one.table.label_zh)) for one in homes()]
        first = {"plan": plans[0][0] if plans else "", "table": "projects"}
        super().__init__({name: query.get(name) or value for name, value in first.items()})
        self.fields["plan"].choices, self.fields["table"].choices = plans, tables  # type: ignore[attr-defined]


class UploadForm(forms.Form):
    """A file with rows of one table."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("An Excel workbook (.xlsx) or a CSV file in UTF-8 or GB18030."),
        validators=[
            FileExtensionValidator(
                ["xlsx", "csv"], _("This is neither a workbook (.xlsx) nor a CSV file. Save it as one of them.")
            )
        ],
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    names = forms.ModelChoiceField(
        label=_("Names of columns"),
        queryset=ColumnNames.objects.none(),
        to_field_name="name",
        required=False,
        empty_label=_("as in our template"),
        help_text=_("For files of another system whose columns were named here before."),
    )

    def __init__(self, table: str, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = ColumnNames.objects.filter(table=table)
        self.fields["names"].queryset = known  # type: ignore[attr-defined]
        if not known.exists():
            del self.fields["names"]


class NamesForm(forms.Form):
    """Which column of a foreign file is which of ours; one field for each heading."""

    name = forms.CharField(
        label=_("Name for this kind of file"),
        max_length=64,
        help_text=_("Such as “approval platform”. The next file of this kind is read without asking."),
    )

    def __init__(self, table: Table, headings: Sequence[Heading], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.table, self.headings = table, tuple(headings)
        choices = [(LEFT_OUT, _("leave out")), *((column.name, _choice(column)) for column in table)]
        for number, heading in enumerate(headings):
            self.fields[f"column{number}"] = forms.ChoiceField(
                label=heading.text,
                choices=choices,
                initial=heading.suggested or LEFT_OUT,
                help_text=escape(" · ".join(sample[:40] for sample in heading.samples)),
            )

    def clean(self) -> dict[str, Any]:
        """See that no column is named twice and that the rows can be told apart."""
        chosen = [name for name in self.columns.values() if name]
        for column in self.table:
            if chosen.count(column.name) > 1:
                told = _("“%(column)s” is chosen for two columns. Choose it once.")
                self.add_error(None, forms.ValidationError(told, params={"column": _label(column)}))
            elif column.required and column.name in self.table.key and column.name not in chosen:
                told = _("No column is “%(column)s”, by which rows are told apart. Choose it for one.")
                self.add_error(None, forms.ValidationError(told, params={"column": _label(column)}))
        return self.cleaned_data

    @property
    def columns(self) -> dict[str, str]:
        """Heading → column, as chosen."""
        chosen = [self.cleaned_data.get(f"column{number}", LEFT_OUT) for number in range(len(self.headings))]
        names = ["" if name == LEFT_OUT else name for name in chosen]
        return {heading.text: name for heading, name in zip(self.headings, names, strict=True)}


def _label(column: Column) -> str:
    return in_either(column.label, column.label_zh)


def _choice(column: Column) -> str:
    return f"{_label(column)} *" if column.required else _label(column)
