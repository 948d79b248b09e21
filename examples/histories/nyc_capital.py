"""Convert New York's register of capital projects into a history.

    python examples/histories/nyc_capital.py SOURCE_FOLDER OUT.csv

A record appears only when something changed, so the last one is carried forward to every later report, until the
completion that it forecasts has passed: then nothing is known until the next record. Dates go to the import as they
are printed; it reports the forecast of 2108. The columns of total changes repeat the final totals on every earlier row
and would look into the future: they are not read.

The register has no actual finishes. A project past its forecast completion at the last report is taken as finished on
that day: two of 378. All others were still under way, so how far promises slip can be learned here, and little else.
"""

from __future__ import annotations

import csv
import runpy
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

import keeping

_PLANBOOK = runpy.run_path(str(Path(__file__).parents[1] / "nyc-capital" / "convert.py"))
CLASSES: dict[str, str] = _PLANBOOK["CLASSES"]
REGISTER: str = _PLANBOOK["REGISTER"]
Record = dict[str, str]


def convert(folder: Path) -> Iterator[keeping.Row]:
    """Yield a row for every project at every report from its first, while its forecast completion lies ahead."""
    with (folder / REGISTER).open(encoding="utf-8-sig", newline="") as file:
        records = list(csv.DictReader(file))
    reports = sorted({_day(record["Date Reported As Of"]) for record in records})
    projects: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda record: (int(record["PID"]), _day(record["Date Reported As Of"]))):
        projects.setdefault(record["PID"], []).append(record)
    for project in projects.values():
        yield from _rows(project, reports)


def _rows(records: Sequence[Record], reports: Sequence[date]) -> Iterator[keeping.Row]:
    start = ""
    for report in (report for report in reports if report >= _day(records[0]["Date Reported As Of"])):
        stated = [record for record in records if _day(record["Date Reported As Of"]) <= report][-1]
        start = stated["Design Start"] or start or records[0]["Date Reported As Of"]
        completion = stated["Forecast Completion"]
        passed = bool(completion) and _day(completion) <= report
        if passed and report == reports[-1]:
            yield _row(stated, report, start) | {
                "planned_finish": "",
                "actual_finish": completion,
                "status": "finished",
            }
        elif not passed or _day(stated["Date Reported As Of"]) == report:
            yield _row(stated, report, start)


def _row(stated: Record, report: date, start: str) -> keeping.Row:
    """Say what was known of a project at ``report``: it is still under way, or its design has not begun."""
    begun = _day(start) <= report
    return {
        "id": stated["PID"],
        "class": CLASSES[stated["Category"].split(",")[0]],
        "owner": stated["Managing Agency"],
        "planned_start": start,
        "planned_finish": stated["Forecast Completion"],
        "actual_start": start if begun else "",
        "actual_finish": "",
        "observed_at": report.isoformat(),
        "status": "running" if begun else "not_started",
        "baseline_cost": stated["Budget Forecast"],
    }


def _day(text: str) -> date:
    """Read “MM/DD/YYYY”, with or without a time of day."""
    return datetime.strptime(text[:10], "%m/%d/%Y").date()


if __name__ == "__main__":
    keeping.main(convert, __doc__)
