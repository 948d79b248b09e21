"""The columns that the list of projects can show, and its rows as HTML, formatted before a template sees them.

A template that formats a hundred rows cell by cell takes most of the time of a page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from html import escape
from typing import Any
from urllib.parse import quote

from django.db.models import Field
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from backcast.planbook import schema
from backcast.web.projects.filters import is_late
from backcast.web.projects.models import Project
from backcast.web.projects.sectors import sector_name
from backcast.web.ui import reading

Row = Mapping[str, Any]
ALWAYS = ("code", "name", "name_en", "finish_due", "plan_id")
"""Fields of every row: what it is called, and whether it is late."""
CHOSEN = ("stage", "lead_region", "planned_start", "planned_finish", "physical_percent_complete", "total_investment")
"""Columns of whoever has not chosen any."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes
    ----------
    fields
        What is read for it.
    tell
        From a row to what the cell says.
    sortable
        Whether an index keeps its order.
    look
        Class of its cells: ``"quantity"`` for numbers, ``"day"`` for dates, or nothing.
    """

    name: str
    fields: tuple[str, ...]
    tell: Callable[[Row], str]
    sortable: bool = False
    look: str = ""

    @property
    def label(self) -> str:
        """What it is called in the reader's language."""
        column = next((one for one in schema.PROJECTS if one.name == self.name), None)
        if column is not None:
            return reading.in_either(column.label, column.label_zh)
        said = str(_field(self.name).verbose_name)
        return said[:1].upper() + said[1:]


def _field(name: str) -> Field[Any, Any]:
    found: Field[Any, Any] = Project._meta.get_field(name)  # type: ignore[assignment]
    return found


def _text(name: str) -> Column:
    return Column(name, (name,), lambda row: row[name] or reading.NOTHING)


def _day(name: str) -> Column:
    return Column(name, (name,), lambda row: reading.day(row[name]), name.startswith("planned_"), "day")


def _choice(name: str) -> Column:
    return Column(name, (name,), lambda row: _labels(name, get_language() or "").get(row[name], "") or reading.NOTHING)


@cache
def _labels(name: str, _language: str) -> dict[str, str]:
    """Return the labels of a field's choices in the language that is active."""
    return {value: str(label) for value, label in _field(name).flatchoices}


def _named(name: str) -> Column:
    """Return a column that names another row."""
    fields = (f"{name}__name", f"{name}__name_en")

    def tell(row: Row) -> str:
        name, name_en = row[fields[0]], row[fields[1]]
        return reading.in_either(name_en or name, name) if name else reading.NOTHING

    return Column(name, fields, tell)


def _percent(row: Row) -> str:
    percent = row["physical_percent_complete"]
    return reading.NOTHING if percent is None else f"{percent:.0f}%"


COLUMNS: dict[str, Column] = {
    column.name: column
    for column in (
        _choice("stage"),
        _named("lead_region"),
        _choice("kind"),
        Column("sector", ("sector",), lambda row: sector_name(row["sector"]) or reading.NOTHING),
        _named("task"),
        _text("owner"),
        _named("owner_organisation"),
        _day("planned_start"),
        _day("planned_finish"),
        _day("actual_start"),
        _day("actual_finish"),
        Column("physical_percent_complete", ("physical_percent_complete",), _percent, sortable=True, look="quantity"),
        Column(
            "total_investment",
            ("total_investment",),
            lambda row: reading.money(row["total_investment"]),
            sortable=True,
            look="quantity",
        ),
        _text("leader"),
        _text("task_team"),
        _choice("confidentiality"),
    )
}
SORTABLE = ("code", "name", *(name for name, column in COLUMNS.items() if column.sortable))


def read(text: str) -> tuple[Column, ...]:
    """Return the columns of a text such as ``"stage,owner"``; the usual ones where it names none."""
    named = tuple(dict.fromkeys(name for name in text.split(",") if name in COLUMNS))
    return tuple(COLUMNS[name] for name in named or CHOSEN)


def fields_of(columns: Iterable[Column], order: str) -> list[str]:
    """Return the fields that rows of some columns, sorted by one more, are made of."""
    return list(dict.fromkeys([*ALWAYS, order, *(field for column in columns for field in column.fields)]))


def drawn(rows: Sequence[Row], columns: Sequence[Column], dates: Mapping[int, date], *, selectable: bool) -> SafeString:
    """Return the body of the table: each project with its name, and a cell for each column."""
    root, late = reverse("projects:list"), format_html(' <span class="badge red">{}</span>', _("late"))
    frames, chinese = [_frame(column) for column in columns], reading.in_chinese()
    lines = []
    for row in rows:
        code, name = escape(row["code"]), escape(row["name"] if chinese else row["name_en"] or row["name"])
        overdue = late if is_late(row, dates) else ""
        link = f"{root}{quote(row['code'], safe='')}/"
        cells = (
            f"{frame}{escape(column.tell(row))}{overdue if column.name == 'planned_finish' else ''}</td>"
            for column, frame in zip(columns, frames, strict=True)
        )
        head = f'<th scope="row"><a href="{link}">{name}</a><small>{code}</small></th>'
        lines.append(f"<tr>{_tick(code, name) if selectable else ''}{head}{''.join(cells)}</tr>")
    return mark_safe("\n".join(lines))


def _tick(code: str, name: str) -> str:
    """Return the box by which a row is selected; code and name are escaped already."""
    label = escape(_("Select"))
    return (
        '<td class="tick"><input type="checkbox" form="bulk" name="project" '
        f'value="{code}" aria-label="{label} {name}"></td>'
    )


def _frame(column: Column) -> str:
    look = f' class="{column.look}"' if column.look else ""
    return f'<td{look} data-label="{escape(column.label)}">'
