"""A plan, what it says, and what was observed."""

from backcast.web.plans.models.calendars import Calendar, CalendarDay
from backcast.web.plans.models.figures import Definition, Observation, Target
from backcast.web.plans.models.plan import CODE, NAME, Indicator, Measure, PartOfPlan, Plan, PlanQuerySet, Task

__all__ = [
    "CODE",
    "NAME",
    "Calendar",
    "CalendarDay",
    "Definition",
    "Indicator",
    "Measure",
    "Observation",
    "PartOfPlan",
    "Plan",
    "PlanQuerySet",
    "Target",
    "Task",
]
