"""Numbers as people write them: thousands separators, percent signs, units."""

from __future__ import annotations

import re
from decimal import Decimal

import polars as pl

from backcast.interchange.headings import shorten
from backcast.language import Message, tr
from backcast.planbook.columns import Column, Type

_PLAIN = r"^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$"
_GROUPED = r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$"
_PERCENT = re.compile(r"([+-]?\d+(?:\.\d+)?) ?%")
_DECIMAL_COMMA = re.compile(r"([+-]?\d+),(\d+)")
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?) ?(亿|万)?元?")
_WAN_YUAN = {"亿": Decimal(10_000), "万": Decimal(1), None: Decimal("0.0001")}
_EXACT = 2.0**53  # whole numbers beyond are not exact as floats


def numbers(column: Column, texts: pl.Series) -> pl.Series:
    """Read ``texts`` as the number type of ``column``; what is not a number becomes null."""
    plain = texts.cast(column.polars_type, strict=False)
    if plain.null_count() == texts.null_count() and (column.type is not Type.NUMBER or plain.is_finite().all()):
        return plain
    if column.unit == "%":
        texts = texts.str.replace(r" ?%$", "")
    if texts.str.contains(",", literal=True).any():
        ungrouped = texts.str.replace_all(",", "", literal=True)
        texts = ungrouped.zip_with(texts.str.contains(_GROUPED).fill_null(value=False), texts)
    sound = texts.set(~texts.str.contains(_PLAIN).fill_null(value=False), None)
    return _whole(sound) if column.type is Type.WHOLE else sound.cast(column.polars_type, strict=False)


def not_a_number(column: Column, text: str) -> Message:
    """Say why ``text`` is not a number that ``column`` may hold, and what to write."""
    found = shorten(text)
    if re.match(_PLAIN, text) or re.match(_GROUPED, text):
        if column.type is Type.WHOLE:
            return tr("“{text}” is not a whole number that can be counted with. Write it without decimals.", text=found)
        return tr("“{text}” is too large a number. Check its unit.", text=found)
    if column.type is Type.MONEY and (amount := _AMOUNT.fullmatch(text)):
        value = (Decimal(amount[1]) * _WAN_YUAN[amount[2]]).normalize()
        return tr("“{text}” carries a unit. Write the number alone, in 万元: {value}.", text=found, value=f"{value:f}")
    if percent := _PERCENT.fullmatch(text):
        value = (Decimal(percent[1]) / 100).normalize()
        return tr(
            "“{text}” is a percentage; this column holds plain numbers. Write {value}.", text=found, value=f"{value:f}"
        )
    if comma := _DECIMAL_COMMA.fullmatch(text):
        return tr(
            "“{text}” could be {decimal} or {whole}. Write a decimal point, and commas only before three digits.",
            text=found,
            decimal=f"{comma[1]}.{comma[2]}",
            whole=f"{comma[1]}{comma[2]}",
        )
    return tr("“{text}” is not a number. Write digits alone, or leave the cell empty if it is not known.", text=found)


def _whole(texts: pl.Series) -> pl.Series:
    direct = texts.str.replace(r"\.0*$", "").cast(pl.Int64, strict=False)
    if direct.null_count() == texts.null_count():
        return direct
    floats = texts.cast(pl.Float64, strict=False)
    whole = (floats == floats.floor()) & (floats.abs() < _EXACT)
    return direct.fill_null(floats.set(~whole.fill_null(value=False), None).cast(pl.Int64))
