"""Editing what others may be editing too: forms that know what their reader saw, and what to show when two collide.

A view of an edit is then::

    form = MeasureForm(request.POST or None, instance=measure)
    edit = submit(form, lambda: actions.change_measure(measure, form.changes, expected=form.seen, by=request.actor))
    if edit.done:
        return redirect(…)
    return render(request, "plans/edit.html", {"edit": edit}, status=edit.status)

and its template includes ``ui/edit.html``, which shows the fields, or both versions side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms.boundfield import BoundField
from django.http import HttpResponse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from backcast.web.core.refusals import Conflict, Fault, Invalid

NOTHING = "–"
ROW = "closest .editable"
"""What htmx replaces after an edit in place."""


class EditForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form over a versioned row; it carries the version and the values that its reader saw.

    A new row has no version, and the form then has no such field.
    """

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            if isinstance(field, forms.DateField):  # browsers take dates in this form only, whatever the language
                field.widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
            if isinstance(field.widget, forms.Textarea):
                field.widget.attrs["rows"] = 3
        if self.instance.pk is None:
            del self.fields["version"]
            return
        self.initial["version"] = self.instance.version
        for name in self.edited:
            self.fields[name].show_hidden_initial = True

    @property
    def edited(self) -> tuple[str, ...]:
        """The names of the fields that are edited."""
        return tuple(name for name in self.fields if name != "version")

    @property
    def seen(self) -> int:
        """The version that the reader saw."""
        return int(self.cleaned_data["version"])

    @property
    def changes(self) -> dict[str, Any]:
        """What the reader changed, by field; of a new row everything."""
        names = self.edited if self.instance.pk is None else self.changed_data
        return {name: self.cleaned_data[name] for name in names if name in self.edited}

    def tell(self, faults: Iterable[Fault]) -> None:
        """Put each fault at its field; one of no field of this form stands above all."""
        for fault in faults:
            self.add_error(fault.field if fault.field in self.fields else None, fault.message)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is not the same in both versions.

    Attributes
    ----------
    field
        Of the form that is shown again: it holds what was written, or what the other wrote where nothing was.
    theirs, mine
        As people read them.
    contested
        Whether both changed it, each to something else.
    """

    field: BoundField
    theirs: str
    mine: str
    contested: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """What became of a form: it is done, or to be shown again, with differences where two people collided."""

    form: EditForm
    done: bool = False
    differences: tuple[Difference, ...] | None = None

    @property
    def status(self) -> int:
        """The status of the answer that shows the form again."""
        if self.differences is not None:
            return 409
        return 422 if self.form.is_bound else 200

    @property
    def hidden(self) -> SafeString:
        """The fields about which there is nothing to choose, as they are, with what their reader saw."""
        shown = {difference.field.name for difference in self.differences or ()}
        rest = [field for field in self.form if field.name not in shown]
        seen = [field.as_hidden(only_initial=True) for field in rest if field.field.show_hidden_initial]
        return format_html_join("", "{}", [(field,) for field in [*map(BoundField.as_hidden, rest), *seen]])


def submit(form: EditForm, save: Callable[[], object]) -> Edit:
    """Save what was sent, if anything was and it holds; otherwise say what is in the way."""
    if not form.is_valid():
        return Edit(form)
    try:
        save()
    except Invalid as error:
        form.tell(error.faults)
        return Edit(form)
    except Conflict:
        return collided(form)
    return Edit(form, done=True)


def collided(form: EditForm) -> Edit:
    """Return a form over the row as it is now: what only the other changed is kept, and what both changed is told."""
    current = type(form.instance)._default_manager.get(pk=form.instance.pk)
    now = type(form)(instance=current, prefix=form.prefix)
    again = type(form)(_merged(form, now), instance=current, prefix=form.prefix)
    differences = tuple(_difference(form[name], now[name], again[name]) for name in _differing(form, now))
    return Edit(again, differences=differences)


def in_place(response: HttpResponse) -> HttpResponse:
    """Have htmx show a conflict where the row is edited; the rest of a page shows it as a fault."""
    response["HX-Retarget"], response["HX-Reswap"], response["HX-Reselect"] = ROW, "outerHTML", ".editable"
    return response


def faults_of(error: ValidationError) -> Invalid:
    """Return what a model found wrong as faults."""
    return Invalid(
        [
            Fault("" if name == NON_FIELD_ERRORS else name, " ".join(messages))
            for name, messages in error.message_dict.items()
        ]
    )


def _merged(form: EditForm, now: EditForm) -> Any:
    """Return what was sent, over what is there now."""
    data: Any = deepcopy(form.data)  # of a request, a copy that may be written
    data[now["version"].html_name] = now["version"].value()
    for name in form.edited:
        field, value = now[name], _written(now[name])
        data[field.html_initial_name] = value
        if name not in form.changed_data:
            data[field.html_name] = value
    return data


def _written(field: BoundField) -> Any:
    """Return the value of a field as a browser would send it."""
    value = field.field.prepare_value(field.value())
    return "" if value is None else str(value)


def _differing(form: EditForm, now: EditForm) -> list[str]:
    """Return the fields that the other changed, or that would become something else."""
    return [name for name in form.edited if _theirs_changed(form[name], now[name]) or _mine_differs(form, now[name])]


def _theirs_changed(mine: BoundField, now: BoundField) -> bool:
    seen = mine.form.data.get(mine.html_initial_name)
    return seen is not None and mine.field.has_changed(now.initial, seen)


def _mine_differs(form: EditForm, now: BoundField) -> bool:
    return now.name in form.changed_data and now.field.has_changed(now.initial, form[now.name].data)


def _difference(mine: BoundField, now: BoundField, again: BoundField) -> Difference:
    contested = _theirs_changed(mine, now) and mine.name in mine.form.changed_data
    mine_value = mine.form.cleaned_data.get(mine.name)
    return Difference(again, _said(now.field, now.initial), _said(mine.field, mine_value), contested)


def _said(field: forms.Field, value: Any) -> str:
    """Return a value as people read it."""
    if isinstance(field, forms.ModelChoiceField):
        chosen = field.to_python(value) if value not in (None, "") else None
        return str(chosen or NOTHING)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    labels = dict(getattr(field, "choices", ()))
    return str(labels.get(value, value)) if value not in (None, "") else NOTHING
