"""Names of what codes stand for, in both languages."""

from __future__ import annotations

from backcast.language import Name
from backcast.planbook.book import Planbook
from backcast.planbook.schema import GATES

NAMED = ("indicators", "regions", "organisations", "projects")


class Names:
    """Finds the name of a row by its table and code; an unknown code is its own name."""

    def __init__(self, planbook: Planbook) -> None:
        self._names = {table: _names_of(planbook, table) for table in NAMED}
        self._units = {
            code: Name(unit or "", unit_en)
            for code, unit, unit_en in planbook["indicators"].select("code", "unit", "unit_en").iter_rows()
        }

    def __call__(self, table: str, code: object) -> Name:
        """Return the name of a row of a table."""
        return self._names[table].get(str(code), Name(str(code)))

    def gate(self, gate: str) -> Name:
        """Return the name of a gate."""
        return Name(dict(GATES).get(gate, gate), gate.replace("_", " "))

    def unit(self, indicator: str) -> Name:
        """Return the unit of an indicator."""
        return self._units.get(indicator, Name(""))


def _names_of(planbook: Planbook, table: str) -> dict[str, Name]:
    rows = planbook[table].select("code", "name", "name_en").iter_rows()
    return {code: Name(zh or en or code, en) for code, zh, en in rows}
