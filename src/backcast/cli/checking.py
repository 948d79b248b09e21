"""``backcast check``."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from backcast import interchange
from backcast.interchange import workbook
from backcast.language import language, tr
from backcast.planbook.problem import Problem

MARKS = {"error": ("■", "red"), "warning": ("▲", "yellow")}
"""Severity is told by shape as well as by colour."""


def check_planbook(planbook: Path, *, as_json: bool, mark: Path | None) -> None:
    """Print every problem of a planbook; exit with 1 where there is an error."""
    if mark and planbook.is_dir():
        raise click.BadParameter(
            str(tr("only a workbook can be marked, and “{file}” is a folder.", file=planbook.name)), param_hint="--mark"
        )
    problems = interchange.read(planbook).check()
    if as_json:
        click.echo(json.dumps([_plain(problem) for problem in problems], ensure_ascii=False, indent=1))
    else:
        _print(problems)
    if mark:
        workbook.mark(planbook, problems, mark)
        click.echo(str(tr("Written: {file}", file=mark)), err=as_json)
    sys.exit(1 if any(problem.severity == "error" for problem in problems) else 0)


def _plain(problem: Problem) -> dict[str, object]:
    return {
        "table": problem.table,
        "row": problem.row or None,
        "column": problem.column or None,
        "value": problem.value,
        "severity": problem.severity,
        "message": problem.message.read("en"),
        "message_zh": problem.message.read("zh_Hans"),
    }


def _print(problems: Sequence[Problem]) -> None:
    errors = sum(problem.severity == "error" for problem in problems)
    if problems:
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
        for heading in (tr("Where"), tr("Found"), tr("What to do")):
            table.add_column(str(heading), overflow="fold")
        for problem in sorted(problems, key=lambda problem: problem.severity):  # errors before warnings
            mark, style = MARKS[problem.severity]
            where = Text.assemble((mark, style), " ", problem.place(language()))
            table.add_row(where, Text(problem.value), Text(str(problem.message)))
        Console().print(table)
    click.echo(str(tr("Errors: {errors}; warnings: {warnings}.", errors=errors, warnings=len(problems) - errors)))
