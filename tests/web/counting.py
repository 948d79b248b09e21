"""How many queries a page makes: recorded, so that a query in a loop is seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.test.utils import CaptureQueriesContext

OWN = ("django_session", "accounts_user", "accounts_grant", "SAVEPOINT")
"""Of every signed-in page, whatever it shows."""


@contextmanager
def assert_queries(most: int) -> Iterator[None]:
    """Fail if what happens within makes more queries than were recorded, beside those of being signed in."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        yield
    made = [query["sql"] for query in captured if not any(word in query["sql"] for word in OWN)]
    assert len(made) <= most, f"{len(made)} queries instead of {most}:\n" + "\n".join(sql[:200] for sql in made)
