"""Values as people read them, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.translation import get_language

NOTHING = "–"
"""What stands where there is no value: missing is not zero."""


def in_chinese() -> bool:
    """Whether the reader's language is Chinese."""
    return (get_language() or "en").startswith("zh")


def in_either(english: str, chinese: str) -> str:
    """Return what is said in the reader's language."""
    return chinese if in_chinese() else english


def number(value: object, places: int | None = None) -> str:
    """Return a number with thousands apart, without trailing zeros, or rounded to some places."""
    if value is None or value == "":
        return NOTHING
    exact = Decimal(str(value))
    if places is not None:
        return f"{_rounded(exact, places):,f}"
    told = f"{exact:,f}"
    return told.rstrip("0").rstrip(".") if "." in told else told


def money(value: object) -> str:
    """Return an amount kept in 万元: in 亿元 where large, and in English in yuan."""
    if value is None or value == "":
        return NOTHING
    amount = Decimal(str(value))
    if in_chinese():
        return f"{_short(amount / 10_000)}亿元" if abs(amount) >= 10_000 else f"{number(amount)}万元"
    if abs(amount) >= 100_000:
        return f"CNY {_short(amount / 100_000)} bn"
    if abs(amount) >= 100:
        return f"CNY {_short(amount / 100)} m"
    return f"CNY {number(amount * 10_000)}"


def day(value: object) -> str:
    """Return a date as ISO writes it; of an instant, the day and the minute here."""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value) if timezone.is_aware(value) else value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value or NOTHING)


def _short(amount: Decimal) -> str:
    """Return an amount with the places that matter: two below 100, one below 1,000, none above."""
    size = abs(amount)
    return number(_rounded(amount, 2 if size < 100 else 1 if size < 1_000 else 0))


def _rounded(amount: Decimal, places: int) -> Decimal:
    """Round halves up, as offices do."""
    return amount.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
