"""From a planbook and a data date to what the engine takes: the one way, whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backcast.engine.schedule import Schedule, schedule
from backcast.engine.simulate import Simulation, prepare
from backcast.language import tr
from backcast.planbook.book import Planbook
from backcast.planbook.contributions import Contributions, contributions
from backcast.planbook.networks import Library, library
from backcast.planbook.problem import PlanbookError, Problem
from backcast.planbook.progress import with_returns
from backcast.planbook.templates import with_templates
from backcast.planbook.timeline import Extent, Timeline, extent_of, timeline
from backcast.planbook.uncertainty import uncertainty


@dataclass(frozen=True, slots=True)
class Assembly:
    """A planbook at a data date, ready for the engine.

    Attributes
    ----------
    known
        The planbook as it was known at the data date.
    planbook
        The same with the latest returns laid over it, and a network for every project.
    now
        The data date as an instant: the first day of the future.
    contributions
        Outputs and the gates that they wait for.
    """

    known: Planbook
    planbook: Planbook
    data_date: date
    now: int
    timeline: Timeline
    library: Library
    schedule: Schedule
    contributions: Contributions

    def simulation(self, *, draws: int, seed: int) -> Simulation:
        """Return the projects ready to be drawn."""
        uncertain = uncertainty(self.known, self.library, self.schedule, self.now)
        return prepare(self.library.network, self.schedule, uncertain, self.now, draws=draws, seed=seed)


def assemble(
    planbook: Planbook,
    data_date: date | str | None = None,
    *,
    extent: Extent | None = None,
    dates: Timeline | None = None,
) -> Assembly:
    """Assemble a planbook as it was known at a data date; by default the plan's own.

    Parameters
    ----------
    extent
        Of the whole planbook, where this one is a part of it: so that all parts count days alike.
    dates
        The timeline of the whole planbook, where it has been laid out already.

    Raises
    ------
    PlanbookError
        If no data date is given and the plan has none.
    CycleError
        If activities wait for each other.
    """
    when = data_date_of(planbook, data_date)
    known = planbook.known_at(when)
    reported, forecasts = with_returns(known, when)
    complete = with_templates(reported, when, forecasts)
    dates = dates or timeline(complete, extent or extent_of(planbook.tables, when))
    now = dates.day_after(when)
    projects = library(complete, dates, now, forecasts)
    plan = schedule(projects.network, now, projects.required_finish)
    return Assembly(
        known=known,
        planbook=complete,
        data_date=when,
        now=now,
        timeline=dates,
        library=projects,
        schedule=plan,
        contributions=contributions(complete, projects, plan, now),
    )


def data_date_of(planbook: Planbook, given: date | str | None = None) -> date:
    """Return the data date that is given, as a date or as 2023-08-31, or else the plan's own.

    Raises
    ------
    PlanbookError
        If none is given and the plan has none.
    """
    if given:
        return date.fromisoformat(given) if isinstance(given, str) else given
    dates: list[date] = planbook["plan"]["data_date"].drop_nulls().to_list()
    if not dates:
        message = tr("The plan has no data date. Give one: the last day whose facts count, such as 2023-08-31.")
        raise PlanbookError([Problem("plan", 0, "data_date", "", message)])
    return dates[0]
