"""Convert the register of New York City's capital projects into this planbook.

    python examples/nyc-capital/convert.py SOURCE_FOLDER [OUT_FOLDER]

What the register says is taken as it stands; what follows from it is called *derived*. The columns of total changes
repeat the final totals on every earlier row, so they are not read: they would look into the future.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from backcast import interchange
from backcast.planbook.book import Planbook
from backcast.planbook.schema import SCHEMA

HERE = Path(__file__).parent
REGISTER = "NYC_capital_projects_20190901.csv"
SOURCE = "NYC Open Data, n7gv-k5yt"
URL = "https://data.cityofnewyork.us/d/n7gv-k5yt"
CITY = "NYC"
INDICATOR = "projects_complete"
TARGET_DATE = date(2019, 12, 31)
PLAUSIBLE_YEARS = 30  # a completion forecast further ahead than this is a typing error

STAGES = {  # phase of the register → stage; a blank phase says nothing
    "Scoping/Planning": "concept",
    "Design": "preparation",
    "Construction Procurement": "preparation",
    "Construction": "construction",
    "IT": "construction",
    "Close-Out": "completed",
}
CLASSES = {  # first category of the register → reference class
    "Arts and Culture": "building/culture",
    "Bridges": "transport/bridge",
    "Ferries": "transport/water",
    "Health and Hospitals": "building/health",
    "IT": "digital",
    "Industrial Development": "industry",
    "Libraries": "building/culture",
    "Other Government Facilities": "building/government",
    "Parks": "park",
    "Public Safety and Criminal Justice": "building/government",
    "Sanitation": "building/sanitation",
    "Schools": "building/school",
    "Sewers": "water/sewer",
    "Social Services": "building/government",
    "Streets and Roadways": "transport/road",
    "Wastewater Treatment": "water/wastewater",
    "Water Supply": "water/supply",
}
REGIONS = {  # region → its name and the words of the register that mean it
    "BK": ("Brooklyn", ("Brooklyn",)),
    "BX": ("The Bronx", ("Bronx",)),
    "MN": ("Manhattan", ("Manhattan", "Manhatten", "New York")),
    "QN": ("Queens", ("Queens",)),
    "SI": ("Staten Island", ("Staten Island",)),
    "UP": ("Upstate", ("Upstate", "Carmel", "Marlboro", "Port Jervis", "Valhalla", "Olive")),
}
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Record:
    """One change record: what a report said of a project.

    Attributes
    ----------
    forecast
        Forecast completion; None where the report gives none, or one that cannot be meant.
    refused
        The forecast as printed, where it cannot be meant.
    row
        Row of the register, as a spreadsheet shows it.
    """

    row: int
    project: str
    reported: date
    name: str
    category: str
    borough: str
    agency: str
    phase: str
    design_start: date | None
    forecast: date | None
    refused: str


def convert(folder: Path) -> Planbook:
    """Build the planbook of the register."""
    histories = _histories(_records(folder))
    return Planbook.of(
        {
            "plan": _frame("plan", [PLAN]),
            "indicators": _frame("indicators", [INDICATOR_ROW]),
            "definitions": _frame("definitions", [DEFINITION]),
            "regions": _frame("regions", _regions()),
            "organisations": _frame("organisations", _agencies(histories)),
            "projects": _frame("projects", [_project(history[0]) for history in histories]),
            "activities": _frame("activities", [row for history in histories for row in _activity(history[0])]),
            "outputs": _frame("outputs", [_output(history[0]) for history in histories]),
            "returns": _frame("returns", [_return(record) for history in histories for record in history]),
            "targets": _frame("targets", _targets(histories)),
            "observations": _frame("observations", _observations(histories)),
        }
    )


def problems(folder: Path) -> list[dict[str, str]]:
    """List the values that were kept out."""
    return [
        {
            "row": str(record.row),
            "project": record.project,
            "reported": record.reported.isoformat(),
            "column": "Forecast Completion",
            "value": record.refused,
            "problem": f"More than {PLAUSIBLE_YEARS} years ahead: kept out. The project's next record counts.",
        }
        for record in _records(folder)
        if record.refused
    ]


# ---- Reading the register.


def _records(folder: Path) -> list[Record]:
    with (folder / REGISTER).open(encoding="utf-8-sig", newline="") as file:
        return [_record(number, cells) for number, cells in enumerate(csv.DictReader(file), start=2)]


def _record(number: int, cells: dict[str, str]) -> Record:
    reported = _day(cells["Date Reported As Of"])
    if reported is None:
        raise ValueError(f"Row {number} has no report date.")
    printed = cells["Forecast Completion"]
    forecast = _day(printed)
    implausible = forecast is not None and forecast.year > reported.year + PLAUSIBLE_YEARS
    return Record(
        row=number,
        project=cells["PID"],
        reported=reported,
        name=" ".join(cells["Project Name"].split()),
        category=cells["Category"],
        borough=cells["Borough"],
        agency=cells["Managing Agency"],
        phase=cells["Current Phase"],
        design_start=_day(cells["Design Start"]),
        forecast=None if implausible else forecast,
        refused=printed if implausible else "",
    )


def _day(text: str) -> date | None:
    """Read “MM/DD/YYYY”, with or without a time of day."""
    return datetime.strptime(text[:10], "%m/%d/%Y").date() if text else None


def _histories(records: Sequence[Record]) -> list[list[Record]]:
    """Group the records by project, each in order of its reports."""
    by_project: dict[str, list[Record]] = {}
    for record in sorted(records, key=lambda record: (int(record.project), record.reported)):
        by_project.setdefault(record.project, []).append(record)
    return list(by_project.values())


# ---- What the register says.


PLAN = {
    "code": "nyc-capital-2019",
    "name": "New York City capital projects over $25 million",
    "name_en": "New York City capital projects over $25 million",
    "issuer": "City of New York",
    "issuer_en": "City of New York",
    "starts": date(2013, 9, 1),
    "ends": TARGET_DATE,
    "data_date": date(2019, 9, 1),
    "simulated": False,
    "notice": "数据：NYC Open Data（n7gv-k5yt）。目标与完成值均由登记册推算，并非纽约市公布的目标；"
    "登记册只含2019-09-01仍在建的项目。",
    "notice_en": "Data: NYC Open Data (n7gv-k5yt). The target and the observations are derived from the register; "
    "they are none of the City's own. The register holds only projects that were still under way on 2019-09-01.",
    "status": "page",
    "source": SOURCE,
    "url": URL,
}
INDICATOR_ROW = {
    "code": INDICATOR,
    "name": "登记册所列项目完成数（推算）",
    "name_en": "Projects of the register complete (derived)",
    "unit": "个",
    "unit_en": "projects",
    "kind": "stock",
    "direction": "higher",
    "counts_from": "completion",
    "basis": "projects",
    "can_fall": False,
    "floor": 0.0,
    "ceiling": 378.0,
    "decimals": 0,
    "status": "derived",
    "source": SOURCE,
    "url": URL,
}
DEFINITION = {
    "indicator": INDICATOR,
    "version": "register",
    "series_break": False,
    "text": "登记册不记载实际完成日期；完成按预测完成日期推算",
    "text_en": "The register has no actual finishes: a project counts as complete by its forecast completion only",
    "status": "derived",
    "source": SOURCE,
}


def _regions() -> Iterator[Row]:
    yield {"code": CITY, "name": "New York City", "name_en": "New York City", "level": "prefecture"}
    for code, (name, _) in REGIONS.items():
        level = "area" if code == "UP" else "county"
        yield {"code": code, "name": name, "name_en": name, "level": level, "parent": CITY}


def _region(borough: str) -> str:
    """Return the first borough named; the city where the register names none, or “Citywide”."""
    first = borough.split(",", maxsplit=1)[0].strip()
    return next((code for code, (_, words) in REGIONS.items() if first in words), CITY)


def _agencies(histories: Sequence[Sequence[Record]]) -> Iterator[Row]:
    for agency in sorted({history[0].agency for history in histories}):
        yield {"code": agency, "name": agency, "name_en": agency, "kind": "department", "region": CITY}


def _project(first: Record) -> Row:
    """Describe a project as its first record does: nothing later is known then."""
    category = first.category.split(",")[0]
    return {
        "code": first.project,
        "name": first.name,
        "name_en": first.name,
        "kind": "construction",
        "class": CLASSES[category],
        "sector": category,
        "owner": first.agency,
        "lead_region": _region(first.borough),
        "stage": STAGES.get(first.phase, "preparation"),
        "stage_date": first.reported,
        "planned_start": first.design_start,
        "planned_finish": first.forecast,
        "status": "page",
        "source": f"{SOURCE}, {first.reported}",
        "url": URL,
        "note": _project_note(first),
        "known_from": first.reported,
    }


def _project_note(first: Record) -> str:
    notes = [
        f"Boroughs: {first.borough}." if "," in first.borough else "",
        "" if first.phase else "The first record has no phase: taken as in preparation.",
    ]
    return " ".join(note for note in notes if note)


def _activity(first: Record) -> Iterator[Row]:
    """Give the register's one interval, from design start to completion; the template serves where a date lacks."""
    start, finish = first.design_start, first.forecast
    if start is None or finish is None or finish <= start:
        return
    begun = start <= first.reported
    yield {
        "project": first.project,
        "code": "works",
        "name": "设计至完成",
        "name_en": "Design to completion",
        "duration": (finish - start).days + 1,
        "interval": "construction",
        "gate": "completion",
        "planned_start": start,
        "planned_finish": finish,
        "actual_start": start if begun else None,
        "known_from": first.reported,
    }


def _return(record: Record) -> Row:
    begun = record.design_start is not None and record.design_start <= record.reported
    return {
        "project": record.project,
        "period": record.reported,
        "stage": STAGES.get(record.phase),
        "actual_start": record.design_start if begun else None,
        "forecast_finish": record.forecast,
        "note": f"Forecast completion “{record.refused}” was kept out." if record.refused else None,
        "known_from": record.reported,
    }


# ---- What follows from it.


def _output(first: Record) -> Row:
    return {
        "project": first.project,
        "indicator": INDICATOR,
        "amount": 1.0,
        "gate": "completion",
        "status": "derived",
        "source": SOURCE,
        "known_from": first.reported,
    }


def _targets(histories: Sequence[Sequence[Record]]) -> Iterator[Row]:
    """Derive one target per report: how many projects known by then were first promised for the target's date.

    The latest report is in force, so no run sees a promise that was made after its data date.
    """
    for report in _reports(histories):
        promised = [_first_forecast(history) for history in histories]
        value = sum(made <= report and day <= TARGET_DATE for made, day in filter(None, promised))
        yield {
            "indicator": INDICATOR,
            "region": CITY,
            "date": TARGET_DATE,
            "value": float(value),
            "document": f"Derived: first promises as of {report}",
            "document_en": f"Derived: first promises as of {report}",
            "issued": report,
            "status": "derived",
            "source": f"{SOURCE}, {report}",
            "url": URL,
            "note": "Projects whose first forecast completion is no later than the date.",
            "known_from": report,
        }


def _first_forecast(history: Sequence[Record]) -> tuple[date, date] | None:
    """Return when a project was first promised, and for when."""
    return next(((record.reported, record.forecast) for record in history if record.forecast), None)


def _observations(histories: Sequence[Sequence[Record]]) -> Iterator[Row]:
    """Derive one observation per report: projects whose latest forecast completion has passed.

    The register lists projects that are under way, and most such forecasts were put off again by the next report; so
    a count above zero is a mention.
    """
    for report in _reports(histories):
        latest = [_latest_forecast(history, report) for history in histories]
        value = sum(forecast < report for forecast in latest if forecast)
        yield {
            "indicator": INDICATOR,
            "region": CITY,
            "date": report,
            "value": float(value),
            "definition": "register",
            "use": "mention" if value else "series",
            "status": "derived",
            "source": f"{SOURCE}, {report}",
            "url": URL,
            "note": "Overdue forecasts of projects still listed: no finishes." if value else None,
            "known_from": report,
        }


def _latest_forecast(history: Sequence[Record], report: date) -> date | None:
    known = [record.forecast for record in history if record.forecast and record.reported <= report]
    return known[-1] if known else None


def _reports(histories: Sequence[Sequence[Record]]) -> list[date]:
    return sorted({record.reported for history in histories for record in history})


# ---- Writing.


def _frame(table: str, rows: Iterator[Row] | Sequence[Row]) -> pl.DataFrame:
    schema = SCHEMA[table].polars_schema
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)


def main() -> None:
    """Read the folder named first, write to the folder named second (this one if there is none)."""
    folder = Path(sys.argv[1])
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else HERE
    planbook = convert(folder)
    interchange.write(planbook, out)
    listed = problems(folder)
    (out / "problems").mkdir(exist_ok=True)
    with (out / "problems" / "problems.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(listed[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(listed)
    print(planbook)


if __name__ == "__main__":
    main()
