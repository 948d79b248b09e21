"""Tags and filters of pages: values as people read them, icons, and links that keep the rest of the address."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from backcast.web.ui import reading

register = template.Library()
register.filter("money", reading.money)
register.filter("number", reading.number)


@register.filter
def day(value: object) -> SafeString | str:
    """Return a date in ISO form, that does not break over lines."""
    told = reading.day(value)
    if told == reading.NOTHING:
        return told
    return format_html('<time datetime="{}">{}</time>', told, told)


@register.filter
def label(column: Any) -> str:
    """Return what a column of a planbook is called in the reader's language."""
    return reading.in_either(column.label, column.label_zh)


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """Draw a symbol of ``vendor/icons.svg``; words stand beside it, so readers of screens skip it."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("ui/vendor/icons.svg"),
        name,
    )


@register.simple_tag
@cache
def mark(name: str) -> SafeString:
    """Draw the shape of a light: red, yellow, green, met, missed or none, told without colour."""
    return format_html(
        '<svg class="sign {}" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        name,
        static("ui/marks.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def sorting(context: template.Context, key: str) -> dict[str, str]:
    """Return how a table is sorted by a column (``aria-sort``), and the order that its heading asks for next."""
    request: HttpRequest = context["request"]
    now = request.GET.get("sort", "")
    state = {key: "ascending", f"-{key}": "descending"}.get(now, "none")
    return {"state": state, "next": f"-{key}" if state == "ascending" else key}
