"""A project's money by source and year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from backcast.web.projects.models import Funding

AMOUNTS = ("planned", "allotted", "in_place", "paid")


@dataclass(frozen=True, slots=True)
class FundingTable:
    """Rows of funding and their sums; the sum of nothing known is not zero but unknown."""

    rows: tuple[Funding, ...]
    totals: tuple[Decimal | None, ...]


def funding_table(rows: Iterable[Funding]) -> FundingTable:
    """Add up funding over sources and years."""
    kept = tuple(rows)
    return FundingTable(kept, tuple(_sum(getattr(row, name) for row in kept) for name in AMOUNTS))


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None
