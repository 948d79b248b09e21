"""Who gets what where: each route and operation, asked for by everybody, is answered as the kept table says.

Where a change is meant, ``tools/access.py`` writes the table anew, and a reviewer reads the differences. A route that
is not in the table fails the test.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from access_asking import WHO, scene, statuses
from cast import user_of

TABLE = Path(__file__).parent / "access.csv"


@pytest.fixture(scope="module")
def kept() -> dict[str, dict[tuple[str, str, str], int]]:
    """The kept table by who asks."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {who: {(row["route"], row["method"], row["place"]): int(row[who]) for row in rows} for who in WHO}


@pytest.mark.django_db
@pytest.mark.parametrize("who", WHO)
def test_everybody_is_answered_as_the_table_says(who, kept):
    scene()
    user_of("leader")
    answered = {line[:3]: line[3] for line in statuses(who)}
    assert answered == kept[who], "Run tools/access.py if this is meant, and read what changes."


def test_nothing_of_another_city_is_answered_to_a_city(kept):
    away = [status for (_, _, place), status in kept["reviewer-datong"].items() if place == "away"]
    assert away
    assert set(away) <= {404, 405, 422}


def test_nobody_is_answered_nothing_of_the_office(kept):
    open_doors = {route for (route, _, _), status in kept["nobody"].items() if status == 200}
    assert open_doors <= {
        "healthz",
        "readyz",
        "account_inactive",
        "account_login",
        "accounts:sign-in",
        "socialaccount_login_cancelled",
    }


def test_nothing_fails_whoever_asks(kept):
    assert [line for who in WHO for line in kept[who].items() if line[1] >= 500] == []
