"""Things to fix in a planbook, each said in a way that tells what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from backcast.language import Message, tr
from backcast.planbook.schema import DECLARED


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to fix.

    Attributes
    ----------
    table
        Name of the table.
    row
        As Excel shows it: the header is row 1. 0 where a whole table or file is meant.
    column
        Name of the column, or "" where a whole row is meant.
    value
        What was found, as text.
    message
        What is wrong and what to do.
    severity
        "error" (the planbook cannot be used) or "warning" (look at it).
    """

    table: str
    row: int
    column: str
    value: str
    message: Message
    severity: str = "error"

    def place(self, language: str) -> str:
        """Return table, row and column as ``language`` says them; empty where a whole file is meant."""
        row = tr("row {row}", row=self.row).read(language) if self.row else ""
        table, column = self._labels() if language == "zh_Hans" else (self.table, self.column)
        return tr(", ").read(language).join(part for part in (table, row, column) if part)

    def read(self, language: str) -> str:
        """Return place and message as one sentence in ``language``."""
        parts = self.place(language), self.message.read(language)
        return tr(": ").read(language).join(part for part in parts if part)

    def _labels(self) -> tuple[str, str]:
        """Chinese labels of table and column, where they are known."""
        table = DECLARED.get(self.table)
        if table is None:
            return self.table, self.column
        labels = {column.name: column.label_zh for column in table}
        return table.label_zh, labels.get(self.column, self.column)


class PlanbookError(ValueError):
    """A planbook cannot be used; ``problems`` lists every reason."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.read("en") for problem in self.problems))
