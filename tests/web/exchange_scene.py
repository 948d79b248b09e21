"""A small plan to import into: a province with two cities."""

from datetime import date
from decimal import Decimal

import polars as pl

from backcast.planbook.book import Planbook


def book():
    """A province with two cities, one indicator and three projects."""
    tables = {
        "plan": [{"code": "plan", "name": "规划", "starts": date(2021, 1, 1), "ends": date(2025, 12, 31)}],
        "regions": [
            {"code": "140000", "name": "山西省", "level": "province"},
            {"code": "140100", "name": "太原市", "level": "prefecture", "parent": "140000"},
            {"code": "140200", "name": "大同市", "level": "prefecture", "parent": "140000"},
        ],
        "tasks": [{"code": "T1", "name": "任务一"}, {"code": "T1.1", "name": "任务一之一", "parent": "T1"}],
        "indicators": [{"code": "piles", "name": "充电桩", "unit": "个", "kind": "stock", "direction": "higher"}],
        "projects": [
            project("P1", "140100", total_investment=Decimal("1234.5000"), task="T1.1"),
            project("P2", "140200", stage="preparation", planned_finish=date(2024, 12, 31)),
            project("P3", "140200", parent="P1"),
        ],
        "activities": [
            {"project": "P1", "code": "A1", "duration": 10},
            {"project": "P1", "code": "A2", "duration": 20, "gate": "completion"},
        ],
        "relationships": [
            {"predecessor_project": "P1", "predecessor": "A1", "successor_project": "P1", "successor": "A2"}
        ],
        "outputs": [{"project": "P1", "indicator": "piles", "amount": 5.0}],
    }
    return Planbook.of({name: pl.DataFrame(rows) for name, rows in tables.items()})


def project(code, region, **more):
    """One row of the table projects."""
    return {
        **{"code": code, "name": f"项目{code}", "kind": "construction", "lead_region": region, "stage": "reserve"},
        **{"planned_finish": None, "parent": None, "total_investment": None, "task": None},
        **more,
    }
