"""Which of many new projects the library may have already, or a file twice: all compared at once.

:mod:`~backcast.web.projects.duplicates` asks the same of one project. Here names are compared only where they share a
rare pair of characters, so that tens of thousands are compared with a hundred thousand in seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from backcast.language import Message, tr
from backcast.planbook.checks.findings import ROW
from backcast.planbook.problem import Problem
from backcast.planbook.schema import PROJECTS
from backcast.web.core.actor import Actor
from backcast.web.directory.models import Region
from backcast.web.exchange.registry import Changed
from backcast.web.projects.duplicates import ALIKE, core_of, score_of
from backcast.web.projects.models import Project

RAREST, COMMON = 3, 60
"""Of a name so many pairs of characters are looked up; pairs that more names have tell nothing apart."""
_SIDE = {"name": pl.String, "owner": pl.String, "path": pl.String, "code": pl.String, "row": pl.Int64}


@dataclass(frozen=True, slots=True)
class Alike:
    """A new project and the one that it looks like.

    Attributes
    ----------
    row, name
        Of the new one.
    code, other
        Code and name of the one in the library; without a code, ``other`` is an earlier row of the same file.
    score
        How alike, of 100.
    """

    row: int
    name: str
    code: str
    other: str
    score: float


def doubles(created: pl.DataFrame, changed: Sequence[Changed], actor: Actor, plan: Any) -> Iterator[Problem]:
    """Warn of new projects that the library, or the file itself, may have already."""
    for found in alike(created, actor, plan):
        yield Problem(PROJECTS.name, found.row, "name", found.name, _looks_like(found), "warning")


def alike(created: pl.DataFrame, actor: Actor, plan: Any) -> Iterator[Alike]:
    """Yield the likeliest double of each new project that has one, among what the actor sees and the file itself."""
    if created.is_empty():
        return
    new, known = _new(created), _known(actor, plan)
    pairs = _pairs(new, known)
    if pairs.is_empty():
        return
    near = pairs.with_columns(score=_likeness(pairs)).filter(pl.col("score") >= ALIKE - 18)
    scored = near.with_columns(
        pl.struct(pl.all()).map_elements(_full_score, return_dtype=pl.Float64).alias("score")
    ).filter(pl.col("score") >= ALIKE)
    best = scored.sort("score", descending=True, maintain_order=True).unique("row", keep="first").sort("row")
    for row in best.iter_rows(named=True):
        other = row["name_other"] if row["code_other"] else str(row["row_other"])
        yield Alike(row["row"], row["name"], row["code_other"], other, row["score"])


def _new(created: pl.DataFrame) -> pl.DataFrame:
    """Return the new projects as sides of a comparison."""
    paths = dict(Region.objects.values_list("code", "path"))
    rows = created.select("name", "owner", "lead_region", ROW).iter_rows()
    sides = [(name, owner or "", paths.get(region, ""), "", row) for name, owner, region, row in rows if name]
    return _with_cores(pl.DataFrame(sides, schema=_SIDE, orient="row"))


def _known(actor: Actor, plan: Any) -> pl.DataFrame:
    """Return the projects of the library that the actor sees, as sides of a comparison."""
    seen = Project.objects.visible_to(actor).filter(plan=plan).order_by()
    sides = [(*one, 0) for one in seen.values_list("name", "owner", "lead_region__path", "code")]
    return _with_cores(pl.DataFrame(sides, schema=_SIDE, orient="row"))


def _with_cores(sides: pl.DataFrame) -> pl.DataFrame:
    cores = [core_of(name) for name in sides["name"]]
    return sides.with_columns(pl.Series("core", cores, pl.String)).with_row_index("#")


def _pairs(new: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return pairs of a new project with one of the library, or with an earlier one, that share a rare pair."""
    both = pl.concat([known, new]).drop("#").with_row_index("#")
    grams = _grams(both)
    counted = grams.with_columns(pl.len().over("gram").alias("count")).filter(pl.col("count") <= COMMON)
    asked = counted.filter(pl.col("#") >= known.height).sort("count", maintain_order=True)
    asked = asked.group_by("#", maintain_order=True).head(RAREST)
    met = asked.join(counted.select(pl.col("#").alias("#other"), "gram"), on="gram")
    met = met.filter(pl.col("#other") < pl.col("#")).select("#", "#other").unique()
    sides = both.rename({name: f"{name}_other" for name in both.columns if name != "#"}).rename({"#": "#other"})
    return met.join(both, on="#").join(sides, on="#other")


def _grams(sides: pl.DataFrame) -> pl.DataFrame:
    """Return each two characters that stand together in what tells a name apart."""
    rows = [
        (i, core[at : at + 2]) for i, core in zip(sides["#"], sides["core"], strict=True) for at in range(len(core) - 1)
    ]
    return pl.DataFrame(rows, schema={"#": sides.schema["#"], "gram": pl.String}, orient="row").unique(
        maintain_order=True
    )


def _likeness(pairs: pl.DataFrame) -> pl.Series:
    scores = process.cpdist(pairs["core"].to_list(), pairs["core_other"].to_list(), scorer=fuzz.ratio, dtype=np.float32)
    return pl.Series(scores)


def _full_score(pair: dict[str, Any]) -> float:
    """Raise or lower the likeness of names by owner, numbers and place."""
    mine, other = (
        (pair["name"], pair["owner"], pair["path"]),
        (pair["name_other"], pair["owner_other"], pair["path_other"]),
    )
    return score_of(pair["score"], mine, other)


def _looks_like(found: Alike) -> Message:
    if not found.code:
        return tr("Row {other} of this file looks like the same project. Look at both.", other=found.other)
    return tr(
        "The library may have this project already: “{name}” ({code}), alike to {score} of 100. Look at it first.",
        name=found.other,
        code=found.code,
        score=f"{found.score:.0f}",
    )
