"""Any single change of the table is found, and where it was made is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from cast import PROVINCE, actor_for
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from backcast.web.audit import recording as audit
from backcast.web.audit.digests import DIGESTS
from backcast.web.audit.models import COLUMNS, Event
from backcast.web.audit.verification import Finding, Head, verify
from backcast.web.core.roles import Role

pytestmark = pytest.mark.django_db
GUARDS = import_module("backcast.web.audit.migrations.0002_guards")
OFFICER = actor_for(Role.PLAN_OFFICER, PROVINCE)
N = 6
NUMBERS = st.integers(1, N)
TEXTS = [*(name for name in COLUMNS if name not in {"number", "at", "digest"}), "hash"]
LETTERS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


def filled(events: int = N) -> Head:
    """Fill an empty audit and return its head."""
    audit.record_many(OFFICER, "plan.changed", ((None, {"n": n}, {"n": n + 1}) for n in range(events)))
    return Head(*audit.head())


@contextmanager
def tampering() -> Iterator[Callable[..., None]]:
    """Give a function that runs SQL as the database's owner might, on a chain; nothing of it is kept."""
    with transaction.atomic(), connection.cursor() as cursor:
        filled()
        for opening in GUARDS.OPENINGS[connection.vendor]:
            cursor.execute(opening)
        yield lambda statement, *values: cursor.execute(statement, values)
        transaction.set_rollback(True)


def found() -> list[Finding]:
    return list(verify())


def altered(run: Callable[..., None], number: int, column: str, value: Any) -> None:
    run(f"UPDATE audit_event SET {column} = %s WHERE number = %s", value, number)


def inserted(run: Callable[..., None], number: int, like: int, **values: Any) -> None:
    """Insert a copy of an event under another number."""
    columns = [*COLUMNS, "hash"]
    picked = ["%s" if name in values or name == "number" else name for name in columns]
    given_values = [number if name == "number" else values[name] for name in columns if name in {"number", *values}]
    names = ", ".join(columns)
    run(
        f"INSERT INTO audit_event ({names}) SELECT {', '.join(picked)} FROM audit_event WHERE number = %s",
        *given_values,
        like,
    )


def test_an_untouched_chain_is_whole():
    head = filled()
    assert found() == []
    assert list(verify(head)) == []
    filled(2)
    assert list(verify(head)) == [], "a chain may grow beyond a head that was kept"


def test_an_empty_audit_is_whole_and_its_head_is_zeros():
    assert found() == []
    assert audit.head() == (0, "0" * 64)
    assert list(verify(Head(*audit.head()))) == []


@pytest.mark.parametrize("verb", ["UPDATE audit_event SET actor = 'x'", "DELETE FROM audit_event"])
def test_the_database_refuses_to_change_or_remove_events(verb: str):
    filled(1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(verb)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no TRUNCATE")
def test_postgresql_refuses_to_truncate_events():
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_event")


@given(number=NUMBERS, column=st.sampled_from(TEXTS), value=LETTERS)
def test_any_altered_text_is_found_in_its_row(number: int, column: str, value: str):
    with tampering() as run:
        if getattr(Event.objects.get(number=number), column) == value[:8]:
            return
        altered(run, number, column, value[:8])
        assert number in {finding.number for finding in found()}


@given(number=NUMBERS, by=st.timedeltas(max_value=timedelta(days=9999), min_value=timedelta(days=-9999)))
def test_an_altered_time_is_found_in_its_row(number: int, by: timedelta):
    with tampering() as run:
        moved: datetime = Event.objects.get(number=number).at + by
        altered(run, number, "at", connection.ops.adapt_datetimefield_value(moved))
        assert [finding.number for finding in found()] == ([number] if by else [])


@given(number=NUMBERS, to=st.integers(-3, 3 * N))
def test_an_altered_number_is_found(number: int, to: int):
    with tampering() as run:
        if to in range(1, N + 1):
            return
        altered(run, number, "number", to)
        assert found()


@pytest.mark.parametrize("number", range(1, N))
def test_a_deleted_event_is_found_where_it_was(number: int):
    with tampering() as run:
        run("DELETE FROM audit_event WHERE number = %s", number)
        assert found() == [Finding(number, f"Missing, so deleted: {number}.")]


def test_several_deleted_events_are_told_together():
    with tampering() as run:
        run("DELETE FROM audit_event WHERE number BETWEEN 2 AND 4")
        assert found() == [Finding(2, "Missing, so deleted: 2–4.")]


@given(number=st.one_of(st.integers(-3, 0), st.integers(N + 1, 3 * N)), like=NUMBERS, actor=LETTERS)
def test_an_inserted_event_is_found(number: int, like: int, actor: str):
    with tampering() as run:
        inserted(run, number, like, actor=actor)
        assert any(finding.number in {number, N + 1} for finding in found())


@given(number=st.integers(1, N - 1))
def test_an_event_that_was_altered_and_sealed_anew_no_longer_leads_to_the_next(number: int):
    with tampering() as run:
        event = Event.objects.get(number=number)
        event.actor = "somebody else"
        altered(run, number, "actor", event.actor)
        altered(run, number, "hash", event.seal())
        assert [finding.number for finding in found()] == [number + 1]


def test_a_cut_off_end_is_found_by_a_head_that_was_kept_elsewhere():
    with tampering() as run:
        head = Head(*audit.head())
        run("DELETE FROM audit_event WHERE number > 4")
        assert found() == []
        assert [finding.number for finding in verify(head)] == [5]


def test_a_chain_that_was_built_anew_is_found_by_a_head_that_was_kept_elsewhere():
    with tampering() as run:
        head = Head(*audit.head())
        run("DELETE FROM audit_event")
        filled()
        assert found() == []
        assert [finding.number for finding in verify(head)] == [head.number]


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps types")
@pytest.mark.parametrize(("column", "value"), [("at", "never"), ("at", "2026-13-45 00:00:00"), ("actor", b"\xff")])
def test_what_is_no_value_of_its_column_is_found(column: str, value: Any):
    with tampering() as run:
        altered(run, 3, column, value)
        assert found()[0].number == 3


@pytest.mark.parametrize("name", DIGESTS)
def test_the_chain_may_change_its_digest(name: str, settings: Any):
    filled(1)
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, digest=name)
    filled(1)
    assert Event.objects.get(number=2).digest == name
    assert found() == []


@pytest.mark.parametrize(
    ("name", "said", "digest"),
    [
        ("sm3", b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),  # GB/T 32905-2016, A.1
        ("sm3", b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),  # A.2
        ("sha256", b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),  # FIPS 180-2, B.1
    ],
)
def test_digests_give_the_published_answers(name: str, said: bytes, digest: str):
    assert DIGESTS[name](said) == digest
