"""Convert Melbourne Water's list of capital projects into a history.

    python examples/histories/melbourne_water.py SOURCE_FOLDER OUT.csv

The interval is construction: from the approved business case (BCA) to practical completion of the first stage. Every
date stands once, whether it happened or is planned; only the day of the data tells which. That day is not printed. The
last concept (BNI) that looks like a fact is dated 2024-02-28, and completions, two a month until then, become ten a
month from March 2024: those are plans. So 2024-02-29 is taken.

No ratio can be had from it. Of what is done the plan is not kept, and the plans of what is running would tell only of
projects that have not finished: planned finishes are left out, and what remains is how long such intervals last.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import keeping

REGISTER = "Capital_Delivery_Project_deidentified.csv"
DATA_DATE = "2024-02-29"


def convert(folder: Path) -> Iterator[keeping.Row]:
    """Yield a row for every project."""
    with (folder / REGISTER).open(encoding="utf-8-sig", newline="") as file:
        for cells in csv.DictReader(file):
            yield _row(cells)


def _row(cells: dict[str, str]) -> keeping.Row:
    approved, completed = cells["BCA"], cells["Stage1"]  # both written year first, so that text compares as dates do
    begun, done = approved[:10] <= DATA_DATE, completed[:10] <= DATA_DATE
    return {
        "id": cells["ID"],
        "class": f"water/{cells['Delivery Program']}",
        "interval": "construction",
        "owner": cells["Owner Group"],
        "planned_start": "" if begun else approved,
        "actual_start": approved if begun else "",
        "actual_finish": completed if done else "",
        "observed_at": DATA_DATE,
        "status": "finished" if done else "running" if begun else "not_started",
        "baseline_cost": cells["FFC"],
    }


if __name__ == "__main__":
    keeping.main(convert, __doc__)
