import string
from datetime import date
from decimal import Decimal

import polars as pl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backcast.interchange import read, write
from backcast.planbook.book import Planbook
from backcast.planbook.columns import Column, Type
from backcast.planbook.schema import SCHEMA

NASTY = (
    *("null", "NaN", "007", "1e5", "2025-06-30", "true", "是", "~", "[]", "{a: b}", "- x", "# x", "'", "''=", "'=1"),
    *(
        "=1+1",
        "+1",
        "-1",
        "@x",
        "＝1",
        '"',
        '""',
        'a "b" c',
        "a,b;c\td",
        "a\nb",
        "a\r\nb",
        "a\rb",
        "\n\na",
        "😀",
        "山西",
    ),
    *(
        "_x0041_",
        "a\x00b",
        "a\x07b",
        "x\u2028y",
        "x\x85y",
        "x\x0by",
        "\ufeffx",
        "code,name",
        "--- x",
        "? x",
        "&amp;<b>",
    ),
)
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff"), min_size=1, max_size=8),
    st.text(string.printable + "，。“”（）省市", min_size=1, max_size=8),
).filter(lambda text: bool(text.strip()) and pl.Series([text]).str.strip_chars()[0] != "")


EXACT = 2**53
"""Up to here a workbook, whose numbers are doubles, holds whole numbers exactly."""


def values(column: Column) -> st.SearchStrategy[object]:
    """Draw what a column may hold."""
    low, high = column.minimum, column.maximum
    if column.choices:
        return st.sampled_from(column.allowed)
    return {
        Type.TEXT: TEXTS,
        Type.WHOLE: st.integers(int(-EXACT if low is None else low), int(EXACT if high is None else high)),
        Type.NUMBER: st.floats(low, high, allow_nan=False, allow_infinity=False),
        Type.MONEY: st.decimals(0, 10**19, places=4).map(Decimal),
        Type.DATE: st.dates(date(1949, 1, 1), date(2100, 12, 31)),
        Type.FLAG: st.booleans(),
    }[column.type]


def rows(name: str) -> st.SearchStrategy[list[dict[str, object]]]:
    """Draw a few rows of a table."""
    cells = {column.name: values(column) if column.required else st.none() | values(column) for column in SCHEMA[name]}
    return st.lists(st.fixed_dictionaries(cells), min_size=1, max_size=2 if name == "plan" else 4)


ROWS = {name: rows(name) for name in SCHEMA}


@st.composite
def planbooks(draw: st.DrawFn) -> Planbook:
    """Draw a planbook of up to three tables with rows."""
    names = draw(st.lists(st.sampled_from(list(SCHEMA)), min_size=1, max_size=3, unique=True))
    return Planbook.of({name: pl.DataFrame(draw(ROWS[name]), schema=SCHEMA[name].polars_schema) for name in names})


few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(planbook=planbooks())
@few
def test_a_planbook_written_as_a_folder_of_csv_reads_back_the_same(planbook, tmp_path_factory):
    _assert_round_trip(planbook, tmp_path_factory.mktemp("book") / "plan")


@given(planbook=planbooks())
@few
def test_a_planbook_written_as_a_folder_of_parquet_reads_back_the_same(planbook, tmp_path_factory):
    _assert_round_trip(planbook, tmp_path_factory.mktemp("book") / "plan", parquet=True)


@given(planbook=planbooks())
@settings(few, max_examples=20)
def test_a_planbook_written_as_a_workbook_reads_back_the_same(planbook, tmp_path_factory):
    _assert_round_trip(planbook, tmp_path_factory.mktemp("book") / "plan.xlsx")


def _assert_round_trip(planbook, path, **options):
    write(planbook, path, **options)
    reading = read(path)
    for name, frame in planbook.tables.items():
        assert reading.planbook[name].to_dicts() == frame.to_dicts(), name
        assert reading.rows[name].len() == frame.height
    assert reading.planbook.fingerprint == planbook.fingerprint
