"""What may go wrong with what somebody asks for; the web and the API tell each in their own way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class Refused(Exception):  # noqa: N818 - it is a refusal, not an error of ours
    """Somebody may look but not do this (403); the sentence says who may."""


SAID = 20
"""So many faults are said in one sentence; all are listed beside it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to put right: the field, what was found in it, and the sentence."""

    field: str
    message: str
    value: str = ""


class Invalid(Exception):  # noqa: N818
    """What was given breaks rules (422); every fault is told at once, and nothing was changed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        told = dict.fromkeys(str(fault.message) for fault in faults[:SAID])
        more = f" (+{len(faults) - SAID})" if len(faults) > SAID else ""
        super().__init__("; ".join(told) + more)
        self.faults = tuple(faults)


class Conflict(Exception):  # noqa: N818
    """Somebody else changed the same thing meanwhile (409).

    Attributes
    ----------
    version
        The version that is current.
    current
        The fields as they are now, so that both versions can be shown.
    """

    def __init__(self, message: str, version: int, current: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.version, self.current = version, dict(current)
