"""MPXJ's Primavera scheduler on the same work, in a process of its own that ends when it has answered.

Run as a script it reads a problem from a file and writes dates, or seconds, to another: Java keeps to this process.
A day is eight hours from 08:00 to 16:00, all week.
"""

from __future__ import annotations

import datetime
import importlib
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import peers
from peers import Problem

MONDAY = datetime.date(2024, 1, 1)
NAMES = ("EarlyStart", "EarlyFinish", "LateStart", "LateFinish")


def missing() -> str | None:
    """Tell why MPXJ cannot be asked; None where it can."""
    return None if shutil.which("java") else "no Java on this machine"


def dates(problem: Problem) -> peers.Dates:
    """Ask for all dates."""
    start, finish, late_start, late_finish, total, free = ask(problem, "dates").astype(np.int32)
    return peers.Dates(start, finish, late_start, late_finish, total, free)


def seconds(problem: Problem) -> float:
    """Ask how long scheduling takes once the project is in Java's memory."""
    return float(ask(problem, "seconds"))


def ask(problem: Problem, what: str) -> np.ndarray:
    """Start the process, and read what it found."""
    with tempfile.TemporaryDirectory() as folder:
        question, answer = Path(folder) / "question.npz", Path(folder) / "answer.npy"
        columns = ("duration", "predecessor", "successor", "lag")
        np.savez(question, **{name: getattr(problem, name) for name in columns})
        subprocess.run([sys.executable, __file__, what, str(question), str(answer)], check=True)
        return np.load(answer)


def main() -> None:
    """Answer one question."""
    what, question, answer = sys.argv[1:]
    jpype = importlib.import_module("jpype")
    importlib.import_module("mpxj")
    jpype.startJVM("-Xmx8g", "-Xss512m")
    mpxj, lang = jpype.JPackage("org").mpxj, jpype.JPackage("java").time
    file = project_of(mpxj, lang, dict(np.load(question)))
    begin = time.perf_counter()
    mpxj.cpm.PrimaveraScheduler().schedule(file, lang.LocalDateTime.of(MONDAY.year, MONDAY.month, MONDAY.day, 8, 0))
    passed = time.perf_counter() - begin
    np.save(answer, np.array(dates_of(mpxj, file)).T if what == "dates" else passed)


def project_of(mpxj: Any, lang: Any, problem: dict[str, np.ndarray]) -> Any:
    """Build the project in Java."""
    file = mpxj.ProjectFile()
    calendar = file.addCalendar()
    for day in lang.DayOfWeek.values():
        calendar.setCalendarDayType(day, mpxj.DayType.WORKING)
        calendar.addCalendarHours(day).add(mpxj.LocalTimeRange(lang.LocalTime.of(8, 0), lang.LocalTime.of(16, 0)))
    file.setDefaultCalendar(calendar)
    file.getProjectProperties().setStatusDate(lang.LocalDateTime.of(MONDAY.year, MONDAY.month, MONDAY.day, 8, 0))
    days = [mpxj.Duration.getInstance(n, mpxj.TimeUnit.DAYS) for n in range(31)]
    tasks = []
    for n in problem["duration"].tolist():
        task = file.addTask()
        task.setActivityType(mpxj.ActivityType.TASK_DEPENDENT)
        for put in (task.setDuration, task.setPlannedDuration, task.setRemainingDuration):
            put(days[n])
        task.setActualDuration(days[0])
        task.setConstraintType(mpxj.ConstraintType.AS_SOON_AS_POSSIBLE)
        tasks.append(task)
    for i, j, lag in zip(*(problem[name].tolist() for name in ("predecessor", "successor", "lag")), strict=True):
        relation = mpxj.Relation.Builder().predecessorTask(tasks[i]).type(mpxj.RelationType.FINISH_START)
        tasks[j].addPredecessor(relation.lag(days[lag]))
    return file


def dates_of(mpxj: Any, file: Any) -> list[list[float]]:
    """Read days and working days of every task."""
    properties, found = file.getProjectProperties(), []
    for task in file.getTasks():
        instants = [day_of(getattr(task, f"get{name}")()) for name in NAMES]
        slacks = [task.getTotalSlack(), task.getFreeSlack()]
        floats = [float(slack.convertUnits(mpxj.TimeUnit.DAYS, properties).getDuration()) for slack in slacks]
        found.append([*instants, *floats])
    return found


def day_of(instant: Any) -> int:
    """Turn a morning into its day, and an evening into the day after."""
    date = datetime.date(int(instant.getYear()), int(instant.getMonthValue()), int(instant.getDayOfMonth()))
    return (date - MONDAY).days + (int(instant.getHour()) == 16)


if __name__ == "__main__":
    main()
