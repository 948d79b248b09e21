"""A history as it is declared: every column, of its type, with cells that can be meant.

The reader of files reports what it cannot use, row by row; a frame from elsewhere is held to the same rules here.
"""

from __future__ import annotations

from math import inf

import polars as pl

from backcast.language import Message, tr
from backcast.planbook.columns import Column, Type
from backcast.planbook.priors import NOT_RATIOS_OF_TIME, ROOT
from backcast.planbook.problem import PlanbookError, Problem
from backcast.planbook.schema import HISTORY, HISTORY_STATES

_STEP = pl.element().str.strip_chars()


def declared(history: pl.DataFrame) -> pl.DataFrame:
    """Return a history with the declared columns and types.

    Codes may be whole numbers, names categories, and dates times of a day.

    Returns
    -------
    The rows that have an ``id``; ``class`` and ``interval`` are never empty ("*" and ""), and numbers that
    are none, or out of the bounds of their column, are not known.

    Raises
    ------
    PlanbookError
        If a column has a type that cannot be read as the declared one, no row has an ``id``, a status is none
        of those declared, or an interval has a name whose classes tell something else.
    """
    if strange := next((column for column in HISTORY if _is_strange(column, history)), None):
        found = str(history.schema[strange.name])
        what = tr("This column holds {found}, not {wanted}.", found=found, wanted=str(strange.polars_type))
        raise refusal(strange.name, what)
    frame = (
        history.select(_cells(column, given=column.name in history.columns) for column in HISTORY)
        .filter(pl.col("id").is_not_null())
        .with_columns(
            pl.col("class").fill_null(ROOT).str.split("/").list.eval(_STEP.filter(~_STEP.is_in(["", ROOT])))
            .list.join("/").replace("", ROOT),
            pl.col("interval").fill_null("").str.strip_chars(),
        )
    )  # fmt: skip
    if frame.is_empty():
        raise refusal("id", tr("No row tells of a project. Write its code into every row of it."))
    _refuse_other_states(frame["status"])
    _refuse_reserved(frame["interval"])
    return frame


def refusal(column: str, message: Message) -> PlanbookError:
    """Say why nothing can be made of a history."""
    return PlanbookError([Problem(HISTORY.name, 0, column, "", message)])


def _is_strange(column: Column, history: pl.DataFrame) -> bool:
    """Whether a column is given in a type that cannot be read as its own."""
    found, wanted = history.schema.get(column.name, pl.Null()), column.polars_type
    if wanted == pl.String:
        return not (found.is_integer() or found in (pl.String, pl.Categorical, pl.Enum, pl.Null))
    if wanted == pl.Date:
        return found not in (pl.Date, pl.Datetime, pl.Null)
    return not (found.is_numeric() or found == pl.Null)


def _cells(column: Column, *, given: bool) -> pl.Expr:
    """A declared column: empty where it is not given, or where a number is none or out of bounds."""
    cells = (pl.col(column.name) if given else pl.lit(None).alias(column.name)).cast(column.polars_type)
    if column.type is not Type.NUMBER:
        return cells
    lowest = -inf if column.minimum is None else column.minimum
    highest = inf if column.maximum is None else column.maximum
    return pl.when(cells.is_finite() & cells.is_between(lowest, highest)).then(cells)


def _refuse_other_states(states: pl.Series) -> None:
    others = states.filter(~states.is_in(HISTORY["status"].allowed))
    if not others.is_empty():
        allowed = ", ".join(f"{state} ({label})" for state, label in HISTORY_STATES)
        what = tr("“{found}” is not understood as a status. Write one of: {allowed}.", found=others[0], allowed=allowed)
        raise refusal("status", what)


def _refuse_reserved(intervals: pl.Series) -> None:
    taken = intervals.filter(intervals.is_in(NOT_RATIOS_OF_TIME))
    if not taken.is_empty():
        what = tr("Classes of “{name}” tell something else than how long an interval takes. Give it another name.",
                  name=taken[0])  # fmt: skip
        raise refusal("interval", what)
