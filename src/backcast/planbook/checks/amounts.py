"""Money, shares and outputs that are out of proportion."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from backcast.language import Message, tr
from backcast.planbook.checks.findings import ROW, Row, Tables, findings, show
from backcast.planbook.problem import Problem

_TOLERANCE = 0.0015  # three shares of 0.333 add up well enough
_FEW = 5  # projects of a sector from which something is typical
_FACTOR = 4  # powers of ten between 万元 and 亿元
_OUTSIZED = 100


def shares(tables: Tables) -> Iterator[Problem]:
    """The shares of a project add up to 1."""
    sums = tables["shares"].drop_nulls(["project", "share"]).group_by("project").agg(pl.col(ROW).min(), pl.sum("share"))
    yield from findings("shares", sums.filter((pl.col("share") - 1).abs() > _TOLERANCE).sort(ROW), "share", _not_one)


def investments_by_sector(tables: Tables) -> Iterator[Problem]:
    """Suspect investments that a factor of 10,000 would bring to what is typical of their sector."""
    known = tables["projects"].select(ROW, "sector", "total_investment").filter(pl.col("total_investment") > 0)
    logs = known.with_columns(size=pl.col("total_investment").cast(pl.Float64).log10())
    typical = logs.with_columns(
        typical=pl.when(pl.len().over("sector") >= _FEW)
        .then(pl.col("size").median().over("sector"))
        .otherwise(pl.when(pl.len() >= _FEW).then(pl.col("size").median()))
    )
    away = (pl.col("size") - pl.col("typical")).abs()
    odd = typical.filter(away.is_between(_FACTOR - 1, _FACTOR + 1))
    yield from findings("projects", odd, "total_investment", _other_unit, "warning")


def investments_by_spending(tables: Tables) -> Iterator[Problem]:
    """Suspect investments of which a thousand times as much was planned for a year, or spent."""
    spent = tables["returns"].group_by("project").agg(spent=pl.max("investment_since_start"))
    planned = tables["listings"].group_by("project").agg(planned=pl.max("annual_plan"))
    known = tables["projects"].select(ROW, "code", "total_investment").drop_nulls()
    known = known.join(spent, left_on="code", right_on="project", how="left")
    known = known.join(planned, left_on="code", right_on="project", how="left")
    most = known.with_columns(most=pl.max_horizontal("spent", "planned").cast(pl.Float64))
    odd = most.filter(pl.col("most") > 10 ** (_FACTOR - 1) * pl.col("total_investment").cast(pl.Float64))
    yield from findings("projects", odd, "total_investment", _less_than_spent, "warning")


def outsized_outputs(tables: Tables) -> Iterator[Problem]:
    """Suspect outputs a hundred times as large as the largest target of their indicator."""
    largest = tables["targets"].group_by("indicator").agg(target=pl.col("value").abs().max())
    outputs = tables["outputs"].select(ROW, "indicator", "amount").join(largest, on="indicator")
    odd = outputs.filter((pl.col("target") > 0) & (pl.col("amount").abs() > _OUTSIZED * pl.col("target")))
    yield from findings("outputs", odd.sort(ROW), "amount", _outsized, "warning")


def outputs_without_target(tables: Tables) -> Iterator[Problem]:
    """Find outputs in regions that belong to none for which their indicator has a target."""
    above = _roots(tables["regions"])
    aims = tables["targets"].select("indicator", root=pl.col("region").replace_strict(above, default=None))
    outputs = tables["outputs"].select(ROW, "indicator", "region").drop_nulls()
    outputs = outputs.filter(
        pl.col("region").is_in(list(above)) & pl.col("indicator").is_in(aims["indicator"].implode())
    )
    outputs = outputs.with_columns(root=pl.col("region").replace_strict(above, default=None))
    outside = outputs.join(aims, on=["indicator", "root"], how="anti")
    yield from findings("outputs", outside, "region", _outside, "warning")


def _roots(regions: pl.DataFrame) -> dict[str, str]:
    """Return the highest region above each region, itself where it stands alone."""
    parents = dict(regions.select("code", "parent").drop_nulls("code").iter_rows())
    roots = {}
    for code in parents:
        root, seen = code, {code}
        while (parent := parents.get(root)) in parents and parent not in seen:
            root = parent
            seen.add(parent)
        roots[code] = root
    return roots


def _not_one(row: Row) -> Message:
    return tr(
        "The shares of project “{project}” add up to {total}, not to 1. Correct them.",
        project=row["project"],
        total=f"{row['share']:.6g}",
    )


def _other_unit(row: Row) -> Message:
    found, typical = float(row["total_investment"]), 10 ** float(row["typical"])
    if found < typical:
        return tr(
            "{found} 万元 is some 10,000 times less than is typical here ({typical} 万元). Was it meant in 亿元? "
            "Then write {meant}.",
            found=f"{found:,.6g}",
            typical=f"{typical:,.0f}",
            meant=show(row["total_investment"] * 10**_FACTOR).rstrip("0").rstrip("."),
        )
    return tr(
        "{found} 万元 is some 10,000 times more than is typical here ({typical} 万元). Was it meant in 元? "
        "Then divide it by 10,000.",
        found=f"{found:,.15g}",
        typical=f"{typical:,.0f}",
    )


def _less_than_spent(row: Row) -> Message:
    return tr(
        "The total investment is {total} 万元, but {most} 万元 was planned for a year or spent. Was it meant in 亿元?",
        total=f"{float(row['total_investment']):,.6g}",
        most=f"{row['most']:,.0f}",
    )


def _outsized(row: Row) -> Message:
    return tr(
        "This output is {times} times as large as the target of “{indicator}” ({target}). Check its unit.",
        times=f"{abs(row['amount']) / row['target']:,.0f}",
        indicator=row["indicator"],
        target=show(row["target"]),
    )


def _outside(row: Row) -> Message:
    return tr(
        "Region “{region}” lies in no region with a target for “{indicator}”, so this output counts nowhere. "
        "Correct the region, or give it a parent.",
        region=row["region"],
        indicator=row["indicator"],
    )
