"""Mathematics on arrays: schedules, simulated delivery, verdicts and what decides them.

No files, no clock, no tables: days are whole numbers, randomness is a seed.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from backcast.engine.schedule import schedule  # before its room, which has the same name, can take the name

if TYPE_CHECKING:
    from backcast.engine.backcast import Questions, latest_responsible
    from backcast.engine.calendar import NEVER, NONE, Calendars
    from backcast.engine.delivery import Outputs, Spread
    from backcast.engine.drivers import effect, factor_effect
    from backcast.engine.network import FF, FS, SF, SS, CycleError, Network
    from backcast.engine.schedule import Schedule
    from backcast.engine.simulate import Intervals, Risks, Simulation, Starts, Uncertainty, prepare
    from backcast.engine.trend import Trend, fit
    from backcast.engine.verdict import Judgement, judge

_ROOMS = {
    "calendar": ("NEVER", "NONE", "Calendars"),
    "network": ("FF", "FS", "SF", "SS", "CycleError", "Network"),
    "schedule": ("Schedule",),
    "simulate": ("Intervals", "Risks", "Simulation", "Starts", "Uncertainty", "prepare"),
    "delivery": ("Outputs", "Spread"),
    "trend": ("Trend", "fit"),
    "verdict": ("Judgement", "judge"),
    "drivers": ("effect", "factor_effect"),
    "backcast": ("Questions", "latest_responsible"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}

__all__ = [
    "FF",
    "FS",
    "NEVER",
    "NONE",
    "SF",
    "SS",
    "Calendars",
    "CycleError",
    "Intervals",
    "Judgement",
    "Network",
    "Outputs",
    "Questions",
    "Risks",
    "Schedule",
    "Simulation",
    "Spread",
    "Starts",
    "Trend",
    "Uncertainty",
    "effect",
    "factor_effect",
    "fit",
    "judge",
    "latest_responsible",
    "prepare",
    "schedule",
]


def __getattr__(name: str) -> object:
    """Open a door when it is first used."""
    if name not in _ROOM_OF:
        raise AttributeError(f"backcast.engine has no “{name}”. It offers: {', '.join(__all__)}.")
    return getattr(import_module(f"backcast.engine.{_ROOM_OF[name]}"), name)
