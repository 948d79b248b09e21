"""The engine's schedule against the oracle's, which knows nothing of it, on random networks."""

from collections import Counter

import pytest
from networks import by_engine, by_oracle, random_case

BATCHES, CASES_PER_BATCH = 10, 200


@pytest.mark.parametrize("batch", range(BATCHES))
def test_engine_and_oracle_agree(batch):
    for seed in range(batch * CASES_PER_BATCH, (batch + 1) * CASES_PER_BATCH):
        case = random_case(seed)
        assert by_engine(case) == by_oracle(case), f"random_case({seed})"


def test_random_networks_hold_whatever_can_happen():
    """Agreement means something only if the networks have all of it, often."""
    seen = Counter()
    for seed in range(CASES_PER_BATCH):
        case = random_case(seed)
        seen.update(_happenings(case))
        seen.update(_findings(by_oracle(case)))
    rare = {name: count for name, count in seen.items() if count < 30}
    assert len(seen) == 36
    assert not rare


def _happenings(case):
    for relationship in case.relationships:
        yield relationship.type, (relationship.lag > 0) - (relationship.lag < 0)
        if relationship.lag_calendar is not None:
            yield "lag calendar"
        if case.activities[relationship.predecessor].project != case.activities[relationship.successor].project:
            yield "between projects"
    for activity in case.activities:
        yield "finished" if activity.finished else "started" if activity.started else "not started"
        yield "calendar", activity.calendar
        yield from (
            (name, activity.started)
            for name in ("start_no_earlier", "start_no_later", "finish_no_earlier", "finish_no_later")
            if getattr(activity, name) is not None
        )
    yield from ("required finish" for _ in case.required_finish)


def _findings(answer):
    yield from ("driving" if drives else "slack" for drives in answer.driving)
    for dates in answer.dates:
        if dates.total_float is not None:
            yield "total float", (dates.total_float > 0) - (dates.total_float < 0)
            yield "free float", dates.free_float > 0
