"""Schedule networks with MPXJ, in a process of its own: one JSON question per line in, one JSON answer per line out.

MPXJ (https://www.mpxj.org) imitates the schedulers of Primavera P6 and Microsoft Project. It works to the minute, so a
day of ours becomes eight hours from 08:00 to 17:00 with an hour's pause, and its answers become days again:
what ends on Friday at 17:00 ends at the instant Saturday, what starts on Monday at 08:00 starts on Monday.
"""

import datetime
import json
import sys

import jpype
import mpxj  # noqa: F401  (adds its jars to the class path)

jpype.startJVM("-Xmx256m", "-Xss2m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")

from java.time import DayOfWeek, LocalDateTime, LocalTime  # noqa: E402
from org.mpxj import (  # noqa: E402
    ActivityType,
    ConstraintType,
    DayType,
    Duration,
    LocalTimeRange,
    ProjectFile,
    Relation,
    RelationshipLagCalendar,
    RelationType,
    TimeUnit,
)
from org.mpxj.cpm import MicrosoftScheduler, PrimaveraScheduler  # noqa: E402

SCHEDULERS = {"Microsoft": MicrosoftScheduler, "Primavera": PrimaveraScheduler}
MONDAY = datetime.date(2024, 1, 1)
MORNING, EVENING = 8, 17
TYPES = {
    "FS": RelationType.FINISH_START,
    "SS": RelationType.START_START,
    "FF": RelationType.FINISH_FINISH,
    "SF": RelationType.START_FINISH,
}


def morning(day):
    return _at(day, MORNING)


def evening_before(day):
    return _at(day - 1, EVENING)


def _at(day, hour):
    date = MONDAY + datetime.timedelta(days=day)
    return LocalDateTime.of(date.year, date.month, date.day, hour, 0)


def day_of(time):
    date = datetime.date(int(time.getYear()), int(time.getMonthValue()), int(time.getDayOfMonth()))
    return (date - MONDAY).days + {MORNING: 0, EVENING: 1}[int(time.getHour())]


def days(number):
    return Duration.getInstance(number, TimeUnit.DAYS)


def add_calendar(file, weekdays):
    calendar = file.addCalendar()
    for weekday, name in enumerate(DayOfWeek.values()):
        calendar.setCalendarDayType(name, DayType.WORKING if weekday in weekdays else DayType.NON_WORKING)
        if weekday in weekdays:
            hours = calendar.addCalendarHours(name)
            hours.add(LocalTimeRange(LocalTime.of(MORNING, 0), LocalTime.of(12, 0)))
            hours.add(LocalTimeRange(LocalTime.of(13, 0), LocalTime.of(EVENING, 0)))
    return calendar


def add_task(file, activity, calendars):
    task = file.addTask()
    task.setCalendar(calendars[activity["calendar"]])
    milestone = activity["duration"] == 0
    task.setMilestone(milestone)
    task.setActivityType(ActivityType.FINISH_MILESTONE if milestone else ActivityType.TASK_DEPENDENT)
    task.setDuration(days(activity["duration"]))
    task.setPlannedDuration(days(activity["duration"]))
    set_progress(task, activity)
    set_constraint(task, activity)
    return task


def set_progress(task, activity):
    remaining = activity["duration"]
    if activity["actual_start"] is not None:
        remaining = activity["remaining"] or 0
        task.setActualStart(morning(activity["actual_start"]))
        task.setPercentageComplete(100.0 * (1 - remaining / activity["duration"]))
    if activity["actual_finish"] is not None:
        task.setActualFinish(evening_before(activity["actual_finish"]))
    task.setActualDuration(days(activity["duration"] - remaining))
    task.setRemainingDuration(days(remaining))


def set_constraint(task, activity):
    task.setConstraintType(ConstraintType.AS_SOON_AS_POSSIBLE)
    if activity["constraint"] is not None:
        kind, day = activity["constraint"]
        task.setConstraintType(getattr(ConstraintType, kind))
        task.setConstraintDate(morning(day) if "START" in kind else evening_before(day))


def answer(question):
    file = ProjectFile()
    calendars = [add_calendar(file, weekdays) for weekdays in question["calendars"]]
    file.setDefaultCalendar(calendars[0])
    properties = file.getProjectProperties()
    properties.setStatusDate(morning(question["data_date"]))
    properties.setRelationshipLagCalendar(RelationshipLagCalendar.PREDECESSOR)
    if question["required_finish"] is not None:
        properties.setMustFinishBy(evening_before(question["required_finish"]))
    tasks = [add_task(file, activity, calendars) for activity in question["activities"]]
    for predecessor, successor, kind, lag in question["relationships"]:
        relation = Relation.Builder().predecessorTask(tasks[predecessor]).type(TYPES[kind]).lag(days(lag))
        tasks[successor].addPredecessor(relation)
    SCHEDULERS[question["scheduler"]]().schedule(file, morning(question["data_date"]))
    return [dates_of(task, properties) for task in tasks]


def dates_of(task, properties):
    def working_days(slack):
        return float(slack.convertUnits(TimeUnit.DAYS, properties).getDuration())

    return {
        "early_start": day_of(task.getEarlyStart()),
        "early_finish": day_of(task.getEarlyFinish()),
        "late_start": day_of(task.getLateStart()),
        "late_finish": day_of(task.getLateFinish()),
        "total_float": working_days(task.getTotalSlack()),
        "free_float": working_days(task.getFreeSlack()),
    }


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
