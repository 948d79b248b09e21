"""What must hold of projects that are imported: the same as of those that are typed in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from backcast.language import Message, tr
from backcast.planbook.checks.findings import ROW, findings
from backcast.planbook.problem import Problem
from backcast.planbook.schema import PROJECTS, SHARES
from backcast.web.core.actor import Actor, Route
from backcast.web.exchange.reading import KEY, OLD
from backcast.web.exchange.registry import Rule
from backcast.web.projects import lifecycle, secrecy
from backcast.web.projects.models import Project, Share

_TOLERANCE = 1e-6


def no_secrets(table: str) -> Rule:
    """Return the rule that no text of a table bears a mark of state secrets; marks found are not repeated."""

    def rule(created: pl.DataFrame, changed: pl.DataFrame, _: Actor) -> Iterator[Problem]:
        written = pl.concat([created, changed])
        for column in written.select(pl.col(pl.String).exclude(f"^.*{OLD}$")):
            marked = [text for text in column.drop_nulls().unique() if secrecy.MARKS.search(text)]
            rows = written.filter(pl.col(column.name).is_in(marked)).select(ROW) if marked else written.head(0)
            for row in rows[ROW]:
                yield Problem(table, row, column.name, "", _secret())

    return rule


def projects(created: pl.DataFrame, changed: pl.DataFrame, actor: Actor) -> Iterator[Problem]:
    """Find marks of secrets, and stages that a project does not get to by one transition.

    Whoever loads whole planbooks at the command line replaces what is known, at any stage.
    """
    yield from no_secrets(PROJECTS.name)(created, changed, actor)
    known = pl.col("stage").is_in(PROJECTS["stage"].allowed) & pl.col("kind").is_in(PROJECTS["kind"].allowed)
    moved = changed.filter((pl.col("stage") != pl.col("stage" + OLD)) & known)
    if actor.route is Route.CLI or moved.is_empty():
        return
    places = _places(moved[KEY].to_list())
    for row in moved.iter_rows(named=True):
        yield from _wrong_step(row, places[row[KEY]], actor)


def shares(created: pl.DataFrame, changed: pl.DataFrame, actor: Actor) -> Iterator[Problem]:
    """Find projects whose shares would no longer add up to 1, those that the file leaves out included."""
    written = pl.concat([created, changed]).select(ROW, "project", "region", "share")
    codes = written["project"].drop_nulls().unique().to_list()
    kept = Share.objects.filter(project__code__in=codes).values_list("project__code", "region__code", "share")
    known = pl.DataFrame(list(kept), schema=["project", "region", "share"], orient="row", schema_overrides={
        "project": pl.String, "region": pl.String, "share": pl.Float64})  # fmt: skip
    rest = known.join(written, on=["project", "region"], how="anti").with_columns(pl.lit(None, pl.Int64).alias(ROW))
    sums = (
        pl.concat([written, rest.select(written.columns)]).group_by("project").agg(pl.col(ROW).min(), pl.sum("share"))
    )
    yield from findings(SHARES.name, sums.filter((pl.col("share") - 1).abs() > _TOLERANCE).sort(ROW), "share", _not_one)


def _places(keys: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return where projects are, for roles: region path and organisation."""
    found = Project.objects.filter(pk__in=keys).values_list("pk", "lead_region__path", "owner_organisation__code")
    return {key: (path, organisation or "") for key, path, organisation in found}


def _wrong_step(row: dict[str, Any], place: tuple[str, str], actor: Actor) -> Iterator[Problem]:
    """Find what keeps one project from its new stage."""
    before, after = row["stage" + OLD], row["stage"]

    def problem(column: str, message: Message) -> Problem:
        return Problem(PROJECTS.name, row[ROW], column, str(row.get(column) or ""), message)

    step = lifecycle.way_to(row["kind"], before, after)
    if step is None:
        ways = ", ".join(way.target for way in lifecycle.ways_on(row["kind"], before))
        yield problem(
            "stage", tr("From “{before}” it goes on to: {ways}. Choose one of them.", before=before, ways=ways)
        )
    elif not actor.has(step.roles, *place):
        yield problem("stage", tr("Your account may not move it to this stage. Ask a project officer."))
    elif step.needs_reason:
        yield problem("stage", tr("This takes a reason. Move it to this stage on the page of the project."))
    else:
        needed = [name for name in step.required if name in row and row[name] is None]
        yield from (problem(name, tr("This must be known by the stage “{stage}”.", stage=after)) for name in needed)


def _secret() -> Message:
    return tr(
        "This text bears a mark of state secrets, which must never be entered into this system. "
        "Remove it, and tell your secrecy office if the document is classified."
    )


def _not_one(row: dict[str, Any]) -> Message:
    return tr(
        "The shares of project “{project}” would add up to {sum}, not to 1. Give the shares of all its regions.",
        project=row["project"],
        sum=f"{row['share']:.6g}",
    )
