"""What is tidied once a day; each app registers its own in its ``duties.py``, and the worker does it.

::

    @daily("session")
    def forget_sessions() -> int:
        ...
        return how_many
"""

from __future__ import annotations

from collections.abc import Callable

Duty = Callable[[], int]
DUTIES: dict[str, Duty] = {}
"""By the noun of the audit under which it is told."""


def daily(noun: str) -> Callable[[Duty], Duty]:
    """Register a duty that returns how many things of a kind it tidied; twice a day does no harm."""

    def register(duty: Duty) -> Duty:
        DUTIES[noun] = duty
        return duty

    return register
