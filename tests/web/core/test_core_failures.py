"""What goes wrong is told on a page that says what to do, also where the database is what went wrong."""

from __future__ import annotations

import errno

import pytest
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import OperationalError, connection
from django.test import Client, override_settings
from django.utils import translation

from backcast.web.core import failures
from backcast.web.core.refusals import Conflict, Refused
from backcast.web.ui import views


@pytest.fixture
def failing(monkeypatch, as_plan_officer):
    """A browser for which the first page raises an error."""

    def raising(error: Exception) -> Client:
        def fail(*args: object) -> None:
            raise error

        monkeypatch.setattr(views.steps, "steps_for", fail)
        as_plan_officer.raise_request_exception = False
        return as_plan_officer

    return raising


def test_an_error_of_ours_tells_the_number_that_finds_it(failing):
    page = failing(RuntimeError("secret")).get("/")
    assert page.status_code == 500
    assert page["X-Request-ID"] in page.content.decode()
    assert "secret" not in page.content.decode()


def test_a_database_out_of_reach_is_told_and_when_to_ask_again(failing):
    page = failing(OperationalError("could not connect to server")).get("/")
    assert (page.status_code, page["Retry-After"]) == (503, "60")
    assert "The database does not answer. Nothing was changed." in page.content.decode()


@pytest.mark.parametrize(
    "error", [OperationalError("database or disk is full"), OSError(errno.ENOSPC, "No space left on device")]
)
def test_a_full_disk_is_told(failing, error):
    page = failing(error).get("/")
    assert page.status_code == 503
    assert "disk is full" in page.content.decode()


def test_pages_of_failures_are_told_in_the_language_of_the_reader(failing):
    browser = failing(OperationalError("gone"))
    assert "数据库没有响应" in browser.get("/", headers={"accept-language": "zh-CN"}).content.decode()


@pytest.mark.django_db
def test_pages_of_failures_ask_the_database_nothing(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        for code in ("en", "zh-hans"):
            with translation.override(code):
                assert failures.server_error(rf.get("/")).status_code == 500
                try:
                    raise OperationalError("gone")
                except OperationalError:
                    assert failures.server_error(rf.get("/")).status_code == 503


@pytest.mark.django_db(transaction=True)
def test_a_session_that_cannot_be_read_is_a_failure_of_the_database(as_plan_officer):
    """The error comes up around the view, where no middleware of ours would see it."""
    as_plan_officer.raise_request_exception = False

    def refuse(execute, sql, params, many, context):
        raise OperationalError("the database system is shutting down")

    with connection.execute_wrapper(refuse):
        assert as_plan_officer.get("/").status_code == 503


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100)
def test_more_than_the_server_takes_is_told_as_too_large(as_nobody):
    page = as_nobody.post("/ui/scheme/", "scheme=" + 200 * "x", content_type="application/x-www-form-urlencoded")
    assert page.status_code == 413
    assert "divide it into several" in page.content.decode()


@pytest.mark.django_db
def test_every_kind_of_too_much_is_413_and_everything_else_is_400(rf, as_nobody):
    request = as_nobody.get("/accounts/sign-in/").wsgi_request
    assert failures.bad_request(request, RequestDataTooBig()).status_code == 413
    assert failures.bad_request(request, TooManyFieldsSent()).status_code == 413
    page = failures.bad_request(request, ValueError("odd"))
    assert page.status_code == 400
    assert "cannot be read" in page.content.decode()


def test_a_refusal_is_told_with_its_sentence(failing):
    page = failing(Refused("It takes the role: reviewer.")).get("/")
    assert page.status_code == 403
    assert "It takes the role: reviewer." in page.content.decode()


def test_a_conflict_shows_what_is_there_now(failing):
    page = failing(Conflict("Somebody changed “P-7”.", 3, {"name": "New <name>"})).get("/")
    assert page.status_code == 409
    assert "New &lt;name&gt;" in page.content.decode()
    assert "Nothing of yours was saved." in page.content.decode()
