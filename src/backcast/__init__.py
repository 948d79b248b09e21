"""Start from the target, work backwards: how likely is each target of a plan, and what decides it.

>>> import backcast as bc
>>> planbook = bc.read_planbook("examples/shanxi")
>>> run = bc.run(planbook, data_date="2023-08-31")
>>> print(run.verdicts)
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from backcast.interchange import open_planbook, read_history, read_planbook
    from backcast.interchange import write as write_planbook
    from backcast.interchange.kept_runs import KeptRuns, keep, read_kept
    from backcast.planbook.backtest import Backtest, backtest
    from backcast.planbook.book import Planbook
    from backcast.planbook.changes import delayed, given_up
    from backcast.planbook.check import check
    from backcast.planbook.learning import Learned, learn
    from backcast.planbook.practice import practice
    from backcast.planbook.problem import PlanbookError, Problem
    from backcast.planbook.run import Run, run
    from backcast.planbook.track import TrackRecord, track
    from backcast.planbook.verdicts import Verdicts, verdicts
    from backcast.planbook.what_if import WhatIf

_ROOMS = {
    "KeptRuns": "interchange.kept_runs",
    "keep": "interchange.kept_runs",
    "read_kept": "interchange.kept_runs",
    "open_planbook": "interchange:open_planbook",
    "read_history": "interchange:read_history",
    "read_planbook": "interchange:read_planbook",
    "write_planbook": "interchange:write",
    "Backtest": "planbook.backtest",
    "backtest": "planbook.backtest",
    "Planbook": "planbook.book",
    "delayed": "planbook.changes",
    "given_up": "planbook.changes",
    "check": "planbook.check",
    "Learned": "planbook.learning",
    "learn": "planbook.learning",
    "practice": "planbook.practice",
    "PlanbookError": "planbook.problem",
    "Problem": "planbook.problem",
    "Run": "planbook.run",
    "run": "planbook.run",
    "TrackRecord": "planbook.track",
    "track": "planbook.track",
    "Verdicts": "planbook.verdicts",
    "verdicts": "planbook.verdicts",
    "WhatIf": "planbook.what_if",
}

__all__ = [
    "Backtest",
    "KeptRuns",
    "Learned",
    "Planbook",
    "PlanbookError",
    "Problem",
    "Run",
    "TrackRecord",
    "Verdicts",
    "WhatIf",
    "backtest",
    "check",
    "delayed",
    "given_up",
    "keep",
    "learn",
    "open_planbook",
    "practice",
    "read_history",
    "read_kept",
    "read_planbook",
    "run",
    "track",
    "verdicts",
    "write_planbook",
]


def __getattr__(name: str) -> object:
    """Open a door when it is first used, so that ``import backcast`` is instant."""
    if name not in _ROOMS:
        raise AttributeError(f"backcast has no “{name}”. It offers: {', '.join(__all__)}.")
    room, _, door = _ROOMS[name].partition(":")
    return getattr(import_module(f"backcast.{room}"), door or name)


def __dir__() -> list[str]:
    return __all__
