"""Convert three snapshots of the World Bank's list of projects into a history.

    python examples/histories/worldbank.py SOURCE_FOLDER OUT.parquet

The list keeps one closing date: of an active project the planned one, of a closed project the day it closed. So a plan
is told only by the snapshots in which a project was active, and closed projects have none here: their closing date
against itself would make every project punctual. Projects closed before the first snapshot therefore tell nothing of
delay. An approval that a dropped or planned project carries was a plan; such a project never began.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keeping
import polars as pl

PANEL = "panel_3snapshots.parquet"
STATES = {"Active": "running", "Closed": "finished", "Dropped": "cancelled", "Pipeline": "not_started"}
APPROVAL = {"running": "actual_start", "finished": "actual_start", "not_started": "planned_start"}
CLOSING = {"running": "planned_finish", "finished": "actual_finish"}


def convert(folder: Path) -> Iterator[keeping.Row]:
    """Yield a row for every project in every snapshot that tells its status."""
    dates = pl.col("approval", "closing").dt.strftime("%Y-%m-%d")
    panel = pl.read_parquet(folder / PANEL).with_columns(dates).drop_nulls("status").fill_null("").sort("snap", "id")
    for cells in panel.iter_rows(named=True):
        yield _row(STATES[cells["status"]], cells)


def _row(status: str, cells: dict[str, str]) -> keeping.Row:
    row = {"id": cells["id"], "class": "world bank", "observed_at": cells["snap"], "status": status}
    if status in APPROVAL:
        row[APPROVAL[status]] = cells["approval"]
    row[CLOSING.get(status, "planned_finish")] = cells["closing"]
    return row


if __name__ == "__main__":
    keeping.main(convert, __doc__)
