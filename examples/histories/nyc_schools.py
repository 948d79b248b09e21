"""Convert two vintages of New York's register of school construction into a history.

    python examples/histories/nyc_schools.py SOURCE_FOLDER OUT.parquet

Each row of the register is one phase of one project, as it stood on the day to which the vintage tells. Codes that
stand where a date should be (PNS, FTK, DOES …) go to the import as they are; it reports them and leaves the cell empty.
The planned end is a fixed baseline, and no planned start is told: a phase's plan counts from its actual start.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import keeping
from python_calamine import CalamineWorkbook

VINTAGES = {"vintage_2025-01.xlsx": "2024-09-30", "vintage_2025-09.csv": "2025-06-30"}  # file → day it tells to
PREPARATION = ("Scope", "Design")
STATES = {"Complete": "finished", "In-Progress": "running", "PNS": "not_started"}


def convert(folder: Path) -> Iterator[keeping.Row]:
    """Yield a row for every phase in every vintage."""
    for file, observed_at in VINTAGES.items():
        for cells in _records(folder / file):
            if cells["Project Phase Name"]:
                yield _row(cells, observed_at)


def _records(path: Path) -> Iterator[dict[str, str]]:
    """Read a vintage under its headings, which end in spaces here and there."""
    if path.suffix == ".xlsx":
        table = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    else:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = list(csv.reader(file))
    headings = [str(heading).strip() for heading in table[0]]
    for cells in table[1:]:
        yield dict(zip(headings, (" ".join(str(cell).split()) for cell in cells), strict=True))


def _row(cells: dict[str, str], observed_at: str) -> keeping.Row:
    phase, kind = (cells[name].replace("/", " ") for name in ("Project Phase Name", "Project Type"))
    return {
        "id": f"{cells['Project Building Identifier']} {cells['Project Description']}",
        "class": f"{phase}/{kind}",
        "interval": "preparation" if phase in PREPARATION else "construction",
        "planned_finish": cells["Project Phase Planned End Date"],
        "actual_start": cells["Project Phase Actual Start Date"],
        "actual_finish": cells["Project Phase Actual End Date"],
        "observed_at": observed_at,
        "status": STATES[cells["Project Status Name"]],
        "baseline_cost": cells["Project Budget Amount"],
    }


if __name__ == "__main__":
    keeping.main(convert, __doc__)
