"""Indicators, their targets and their observations."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from backcast.language import Message, tr
from backcast.planbook.checks.findings import ROW, Row, Tables, findings, show
from backcast.planbook.problem import Problem

_KEY = ("indicator", "date", "document")


def sums_over_regions(tables: Tables) -> Iterator[Problem]:
    """Find targets that differ from the sum of those of the regions below, where each of these has one."""
    adding = tables["indicators"].filter(pl.col("kind").is_in(["stock", "flow"])).select(indicator="code")
    targets = tables["targets"].select(ROW, *_KEY, "region", "value").drop_nulls().join(adding, on="indicator")
    tree = tables["regions"].select("code", "parent").drop_nulls()
    below = targets.join(tree, left_on="region", right_on="code").group_by(*_KEY, "parent")
    sums = below.agg(total=pl.sum("value"), parts=pl.col("region").n_unique())
    sums = sums.join(tree.group_by("parent").agg(all=pl.len()), on="parent").filter(pl.col("parts") == pl.col("all"))
    both = targets.join(sums, left_on=[*_KEY, "region"], right_on=[*_KEY, "parent"])
    apart = both.filter((pl.col("value") - pl.col("total")).abs() > 1e-6 * pl.col("value").abs())
    yield from findings("targets", apart.sort(ROW), "value", _does_not_add_up, "warning")


def ratio_parts(tables: Tables) -> Iterator[Problem]:
    """A ratio has both its parts or neither, and only a ratio has them."""
    parts = {"numerator": "denominator", "denominator": "numerator"}
    for part, other in parts.items():
        half = tables["indicators"].filter(pl.col(part).is_null() & pl.col(other).is_not_null())
        message = tr("A ratio needs both numerator and denominator. Name the other one, or remove this one.")
        yield from findings("indicators", half, part, message)
    odd = tables["indicators"].filter((pl.col("kind") != "ratio") & pl.col("numerator").is_not_null())
    only = tr("Only a ratio is made of numerator and denominator. Write “ratio” as its kind, or remove them.")
    yield from findings("indicators", odd, "kind", only, "warning")


def floors_and_ceilings(tables: Tables) -> Iterator[Problem]:
    """A floor is below its ceiling, and targets lie between."""
    indicators = tables["indicators"].select(ROW, "code", "floor", "ceiling")
    crossed = indicators.filter(pl.col("floor") > pl.col("ceiling"))
    message = tr("The floor is above the ceiling. Correct one of them.")
    yield from findings("indicators", crossed, "floor", message)
    for table in ("targets", "observations"):
        values = (
            tables[table]
            .select(ROW, "indicator", "value")
            .join(indicators.drop(ROW), left_on="indicator", right_on="code")
        )
        beyond = values.filter((pl.col("value") < pl.col("floor")) | (pl.col("value") > pl.col("ceiling")))
        yield from findings(table, beyond.sort(ROW), "value", _beyond, "warning")


def falling_observations(tables: Tables) -> Iterator[Problem]:
    """Find values below an earlier one of an indicator that cannot fall, within one definition."""
    rising = tables["indicators"].filter(~pl.col("can_fall").fill_null(value=False)).select(indicator="code")
    series = tables["observations"].filter(pl.col("use").fill_null("series") == "series").join(rising, on="indicator")
    groups = ["indicator", "region", "definition"]
    ordered = series.drop_nulls(["indicator", "region", "date", "value"]).sort(*groups, "date", "value")
    before = ordered.with_columns(
        earlier=pl.col("value").shift().over(groups), then=pl.col("date").shift().over(groups)
    )
    fallen = before.filter(pl.col("value") < pl.col("earlier"))
    yield from findings("observations", fallen.sort(ROW), "value", _fell, "warning")


def unverified(tables: Tables) -> Iterator[Problem]:
    """Point at figures that nobody has looked up."""
    for table in ("targets", "observations"):
        remembered = tables[table].filter(pl.col("status") == "memory")
        message = tr("This figure was not looked up; it is not a fact. Find its source, and change its status.")
        yield from findings(table, remembered, "status", message, "warning")


def _does_not_add_up(row: Row) -> Message:
    return tr(
        "The target is {value}, but those of the {parts} regions below add up to {total}. Correct one of them.",
        value=show(row["value"]),
        parts=row["parts"],
        total=show(row["total"]),
    )


def _beyond(row: Row) -> Message:
    return tr(
        "{value} lies beyond what “{indicator}” can reach, {floor} to {ceiling}. Correct the value or the bounds.",
        value=show(row["value"]),
        indicator=row["indicator"],
        floor=show(row["floor"]) or "−∞",
        ceiling=show(row["ceiling"]) or "∞",
    )


def _fell(row: Row) -> Message:
    return tr(
        "{value} is less than {earlier} on {then}, but “{indicator}” is not marked as able to fall. "
        "Correct the value, give it a definition of its own, or write “yes” under “can_fall”.",
        value=show(row["value"]),
        earlier=show(row["earlier"]),
        then=show(row["then"]),
        indicator=row["indicator"],
    )
