"""Questions to MPXJ's schedulers, answered by one Java process."""

import json
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from networks import FIVE_DAYS, SEVEN_DAYS

WORKER = Path(__file__).with_name("mpxj_worker.py")
CALENDARS, WEEKDAYS = (FIVE_DAYS, SEVEN_DAYS), [list(range(5)), list(range(7))]
FIVE, SEVEN = 0, 1


@contextmanager
def running():
    """Start MPXJ and give a function that asks one of its schedulers about a case.

    ``ask("Primavera", case, {i: ("START_ON", day)})`` returns for each activity the dates and floats that
    the oracle's ``Dates`` name; constraints are MPXJ's own, because it does not know ours.
    """
    command = [sys.executable, str(WORKER)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def ask(scheduler, case, constraints=None):
            process.stdin.write(json.dumps(_question(scheduler, case, constraints or {})) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield ask
        process.stdin.close()


def _question(scheduler, case, constraints):
    names = ("duration", "calendar", "actual_start", "actual_finish", "remaining")
    activities = [{name: getattr(activity, name) for name in names} for activity in case.activities]
    return {
        "scheduler": scheduler,
        "calendars": WEEKDAYS,
        "data_date": case.data_date,
        "required_finish": case.required_finish.get(0),
        "activities": [{**activity, "constraint": constraints.get(i)} for i, activity in enumerate(activities)],
        "relationships": [(r.predecessor, r.successor, r.type, r.lag) for r in case.relationships],
    }
