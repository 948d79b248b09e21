"""``backcast check``."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from backcast import interchange
from backcast.interchange import workbook
from backcast.language import language, tr
from backcast.planbook.problem import Problem


def check_planbook(planbook: Path, *, as_json: bool, mark: Path | None) -> None:
    """Print every problem of a planbook; exit with 1 where there is an error."""
    problems = interchange.read(planbook).check()
    if as_json:
        click.echo(json.dumps([_plain(problem) for problem in problems], ensure_ascii=False, indent=1))
    else:
        _print(problems)
    if mark:
        workbook.mark(planbook, problems, mark)
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
        for problem in problems:
            style = "red" if problem.severity == "error" else "yellow"
            where = problem.read(language()).split(": ", 1)[0]
            table.add_row(f"[{style}]●[/] {where}", problem.value, str(problem.message))
        Console().print(table)
    click.echo(str(tr("{errors} errors, {warnings} warnings.", errors=errors, warnings=len(problems) - errors)))
