"""Networks of the practice province as tables, as they stood at a data date."""

from __future__ import annotations

import numpy as np
import polars as pl

from backcast.planbook.practice.networks import Works
from backcast.planbook.practice.progress import Progress
from backcast.planbook.practice.templates import TEMPLATES
from backcast.planbook.schema import RELATIONSHIP_TYPES


def activity_table(progress: Progress, codes: list[str], now: int) -> pl.DataFrame:
    """Return the activities with planned dates, and actual dates and progress up to the instant ``now``."""
    works, truth = progress.works, progress.truth
    lived = progress.lived(works.project, np.full(works.project.size, now))
    started, finished = truth.start < lived, truth.finish <= lived
    running = started & ~finished
    worked, left = (
        progress.timeline.calendars.working_days_between(*(days.astype(np.int32) for days in (works.calendar, a, b)))
        for a, b in ((truth.start, lived), (lived, truth.finish))
    )
    percent = np.clip(np.floor(100 * worked / np.maximum(worked + left, 1)), 0, 99)
    # Who reports what is left stands halfway between the plan and what will turn out.
    hoped = np.maximum(works.duration - worked, works.duration / 10)
    remaining = np.maximum(1, np.rint((hoped + left) / 2)).astype(np.int64)
    return pl.DataFrame(
        {
            "project": pl.Series(codes).gather(works.project),
            **{name: _of_step(works, name) for name in ("code", "name", "name_en", "interval", "gate")},
            "calendar": progress.calendar_codes(works.calendar),
            "duration": works.duration,
            "remaining_duration": _where(running, remaining),
            "planned_start": progress.date_column(works.planned_start),
            "planned_finish": progress.date_column(works.planned_finish - 1),
            "actual_start": progress.date_column(truth.start, started),
            "actual_finish": progress.date_column(truth.finish - 1, finished),
            "physical_percent_complete": _where(started, np.where(finished, 100.0, percent)),
            # Nobody begins before the plan says so, however free the hands.
            "constraint": _where(works.step == 0, np.full(works.step.size, "start_no_earlier_than")),
            "constraint_date": progress.date_column(works.planned_start, works.step == 0),
        }
    )


def relationship_table(works: Works, codes: list[str]) -> pl.DataFrame:
    """Return the relationships within projects and between them."""
    project, step = pl.Series(codes).gather(works.project), _of_step(works, "code")
    return pl.DataFrame(
        {
            "predecessor_project": project.gather(works.predecessor),
            "predecessor": step.gather(works.predecessor),
            "successor_project": project.gather(works.successor),
            "successor": step.gather(works.successor),
            "type": pl.Series([name for name, _ in RELATIONSHIP_TYPES]).gather(works.type),
            "lag": works.lag,
        }
    )


def _of_step(works: Works, name: str) -> pl.Series:
    """Column of the templates, for every activity."""
    texts = [getattr(step, name) for template in TEMPLATES for step in template.steps]
    first = np.cumsum([0, *(len(template.steps) for template in TEMPLATES)])[works.template]
    return pl.Series(texts, dtype=pl.String).gather(first[works.project] + works.step)


def _where(known: np.ndarray, values: np.ndarray) -> pl.Series:
    return pl.Series(values).set(pl.Series(~known), None)
