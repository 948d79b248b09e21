"""Totals that include work secrets, told only where nobody can work the secrets out of them.

A reader who sees every other project can subtract them from a total. What is left are the work secrets, so a total
is told only if at least :data:`FEWEST` of them are in it and none is nearly all of their sum; and the total of totals
only if what was left out of it, taken together, may be told too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

FEWEST = 3
"""Work secrets that hide each other."""
DOMINANT = Decimal("0.8")
"""Share of the secret sum above which one of them could be guessed."""


@dataclass(frozen=True, slots=True)
class Total:
    """A count and a sum over projects, and what of it is work secrets.

    Attributes
    ----------
    largest_secret
        The largest amount of one work secret.
    """

    key: str
    count: int
    amount: Decimal
    secrets: int = 0
    secret_amount: Decimal = Decimal(0)
    largest_secret: Decimal = Decimal(0)

    @property
    def reveals(self) -> bool:
        """Whether it would give a work secret away."""
        if not self.secrets:
            return False
        return self.secrets < FEWEST or self.largest_secret > DOMINANT * self.secret_amount


@dataclass(frozen=True, slots=True)
class Disclosed:
    """Totals by key and over all, ``None`` where they are suppressed."""

    totals: dict[str, Total | None]
    overall: Total | None


def disclosed(totals: Sequence[Total]) -> Disclosed:
    """Suppress the totals that would reveal work secrets, and as many others as it takes."""
    hidden = {total.key for total in totals if total.reveals}
    others = sorted(
        (t for t in totals if t.secrets and t.key not in hidden), key=lambda total: (total.count, total.key)
    )
    while hidden and others and _sum([t for t in totals if t.key in hidden]).reveals:
        hidden.add(others.pop(0).key)
    left_out = _sum([total for total in totals if total.key in hidden])
    kept = {total.key: None if total.key in hidden else total for total in totals}
    return Disclosed(kept, None if left_out.reveals else _sum(totals))


def _sum(totals: Sequence[Total]) -> Total:
    return Total(
        "",
        sum(total.count for total in totals),
        sum((total.amount for total in totals), Decimal(0)),
        sum(total.secrets for total in totals),
        sum((total.secret_amount for total in totals), Decimal(0)),
        max((total.largest_secret for total in totals), default=Decimal(0)),
    )
