"""When projects begin that have not begun: drawn from the planbook's own classes of start delays."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from builders import book, project

from backcast.engine.calendar import NEVER
from backcast.planbook.assembly import assemble

DRAWS = 4_000
ROOT = {"class": "*", "p10": 1.0, "p50": 1.0, "p90": 1.0}
LATE = {"class": "*", "interval": "start_delay", "p10": 30, "p50": 100, "p90": 300, "n": 10**9}
YEAR = 366
"""Days from 2024-01-01 to 2025-01-01, and so of A's one activity."""


def _book(start="2024-07-01", *, classes=(ROOT, LATE), activities=None, relationships=(), **of_project):
    a = project("A", "2026-12-31", start=start, stage="reserve", actual_start=None, **of_project)
    own = {"project": "A", "code": "1", "duration": YEAR, "planned_start": start, "gate": "completion"}
    activities = [own] if activities is None else [{"project": "A"} | row for row in activities]
    return book(projects=[a], activities=activities, relationships=relationships, classes=list(classes))


def _starts(planbook, code="1", draws=DRAWS, seed=5):
    """Days after 2024-01-01, the first day after the data date, on which an activity of certain length begins."""
    found = assemble(planbook)
    simulation = found.simulation(draws=draws, seed=seed)
    (j,) = [j for j, name in enumerate(found.library.network.codes) if name == f"A/{code}"]
    finishes = simulation.finishes([j])[0].astype(float)
    begins = finishes - found.library.network.duration[j] - found.now
    return np.where(finishes == NEVER, np.inf, begins)


JULY = (date(2024, 7, 1) - date(2024, 1, 1)).days


def test_a_project_begins_as_late_as_its_class_says():
    late = _starts(_book()) - JULY
    np.testing.assert_allclose(np.quantile(late, [0.1, 0.5, 0.9]), [30, 100, 300], rtol=0.1)


def test_without_a_class_of_start_delays_it_begins_as_planned():
    assert set(_starts(_book(classes=[ROOT]), draws=50)) == {JULY}


@pytest.mark.parametrize("path", ["transport/rail", "transport"])
def test_the_class_is_the_nearest_on_the_path(path):
    own = {"class": path, "interval": "start_delay", "p10": 5, "p50": 5, "p90": 5}
    planbook = _book(classes=[ROOT, LATE, own], **{"class": "transport/rail"})
    assert set(_starts(planbook, draws=50)) == {JULY + 5}


def test_a_class_of_others_says_nothing():
    own = LATE | {"class": "transport"}
    assert set(_starts(_book(classes=[ROOT, own], **{"class": "water"}), draws=50)) == {JULY}


def test_what_is_late_already_begins_no_earlier_than_today():
    """By 2024-01-01 it is 100 days late: half of its class is past, and the rest is what is drawn from."""
    begins = _starts(_book("2023-09-23"))
    assert begins.min() >= 0
    assert np.median(begins) == pytest.approx(_beyond(0.75) - 100, abs=8)


def _beyond(level: float) -> float:
    """Quantile of the class above its median: P50 100, P90 300, a line over the normal score."""
    from_median = {0.75: 0.6744897501960817}[level]
    return 100 + 200 * from_median / 1.2815515655446004


def test_a_start_may_come_before_its_plan_but_not_before_today():
    early = LATE | {"p10": -400, "p50": -60, "p90": 0}
    begins = _starts(_book(classes=[ROOT, early]))
    assert begins.min() == 0
    assert np.median(begins) - JULY == pytest.approx(-41, abs=4)  # of the 68% that begin on 1 January or later


def test_what_the_planner_forbids_stays_forbidden():
    own = {"code": "1", "duration": YEAR, "planned_start": "2024-07-01", "gate": "completion",
           "constraint": "start_no_earlier_than", "constraint_date": "2024-08-01"}  # fmt: skip
    early = LATE | {"p10": -100, "p50": -60, "p90": 100}
    begins = _starts(_book(classes=[ROOT, early], activities=[own]))
    assert begins.min() == JULY + 31
    assert begins.max() > JULY + 31


def test_a_project_that_has_begun_has_no_start_delay():
    done = {"code": "0", "duration": 30, "planned_start": "2023-06-01", "actual_start": "2023-06-01",
            "actual_finish": "2023-06-30"}  # fmt: skip
    next_ = {"code": "1", "duration": YEAR, "planned_start": "2024-07-01", "gate": "completion"}
    assert set(_starts(_book(activities=[done, next_]), draws=50)) == {JULY}


FIRST = {"code": "1", "duration": 30, "planned_start": "2024-07-01", "interval": "preparation"}
SECOND = {"code": "2", "duration": YEAR, "planned_start": "2024-07-31", "gate": "completion"}
LINK = {"predecessor_project": "A", "predecessor": "1", "successor_project": "A", "successor": "2"}


def test_what_waits_for_the_first_interval_follows_it():
    late = _starts(_book(activities=[FIRST, SECOND], relationships=[LINK]), "2") - (JULY + 30)
    np.testing.assert_allclose(np.quantile(late, [0.1, 0.5, 0.9]), [30, 100, 300], rtol=0.1)


def test_a_later_interval_has_no_start_delay_of_its_own():
    assert set(_starts(_book(activities=[FIRST, SECOND]), "2", draws=50)) == {JULY + 30}


def test_everything_that_opens_the_first_interval_is_late_together():
    beside = FIRST | {"code": "3", "planned_start": "2024-08-01"}
    planbook = _book(activities=[FIRST, beside, SECOND])
    np.testing.assert_array_equal(_starts(planbook, "3", draws=50), _starts(planbook, "1", draws=50) + 31)


def test_the_plan_of_a_project_without_activities_is_late_too():
    bare = project("A", "2026-12-31", start="2024-07-01", stage="approved", actual_start=None)
    found, plain = (assemble(book(projects=[bare], classes=list(rows))) for rows in ((ROOT, LATE), (ROOT,)))
    gate = found.library.gates()["A", "completion"]
    drawn, planned = (some.simulation(draws=500, seed=1).finishes([gate])[0] for some in (found, plain))
    assert 80 < np.median(drawn - planned) < 120


def test_starts_share_risk_as_lengths_do():
    """Of one owner, class and region: nine tenths of all variance is that of their factors."""
    both = [project(code, "2026-12-31", start="2024-07-01", stage="approved", actual_start=None, owner="O")
            for code in ("A", "B")]  # fmt: skip
    rows = [{"project": code, "code": "1", "duration": YEAR, "planned_start": "2024-07-01", "gate": "completion"}
            for code in ("A", "B")]  # fmt: skip
    classes = [ROOT | {"correlation": 0.9}, LATE]
    simulation = assemble(book(projects=both, activities=rows, classes=classes)).simulation(draws=2_000, seed=1)
    rank = simulation.finishes([0, 1]).argsort(axis=1).argsort(axis=1)
    assert np.corrcoef(rank)[0, 1] == pytest.approx(0.9, abs=0.05)


def test_a_share_that_never_begins_never_finishes():
    begins = _starts(_book(classes=[ROOT, LATE | {"cancelled": 0.2}]))
    assert np.mean(np.isinf(begins)) == pytest.approx(0.2, abs=0.02)


def test_lengths_are_drawn_as_they_were_without_start_delays():
    lengths = {"class": "*", "p10": 0.8, "p50": 1.1, "p90": 1.9}
    with_, without = (_book(classes=rows) for rows in ([lengths, LATE | {"p10": 0, "p50": 0, "p90": 0}], [lengths]))
    np.testing.assert_array_equal(_starts(with_, draws=50), _starts(without, draws=50))
