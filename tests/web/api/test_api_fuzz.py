"""The API under whatever the document allows, and what it does not: schemathesis finds nothing.

A few requests of each operation by default; ``make test-api`` sends a thousand. Each is taken back, so that none
changes what the next one finds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import schemathesis
from access_asking import places, scene
from cast import user_of
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from backcast.web.accounts.models import Scope, Token
from backcast.web.accounts.tokens import digest_of, new_secret
from backcast.web.config.wsgi import application
from backcast.web.core.misshapen import sentence

DOCUMENT = Path(__file__).parents[3] / "docs" / "reference" / "openapi.json"
EXAMPLES = int(os.environ.get("BACKCAST_API_EXAMPLES", "10"))

pytestmark = pytest.mark.django_db
schema = schemathesis.openapi.from_path(DOCUMENT)


def whole(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer as the application does, all at once, and close what it opened: files are sent in pieces."""
    answer = application(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


schema.app = whole


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Requests leave the connection open on which they are taken back, as those of Django's own client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def bearer() -> dict[str, str]:
    """A token of somebody who may do much, in a province with a plan and two projects."""
    scene()
    secret = new_secret()
    Token.objects.create(
        user=user_of("plan-officer"),
        code="fuzz",
        name="fuzz",
        digest=digest_of(secret),
        scope=Scope.WRITE,
        expires_at=timezone.now() + timedelta(days=1),
    )
    return {"Authorization": f"Bearer {secret}"}


@schemathesis.check
def what_the_document_allows_is_not_misshapen(ctx: Any, response: Any, case: Any) -> None:
    """A rule of the office may refuse what has the right shape, by another code."""
    if case.meta.generation.mode.is_positive and response.status_code in {400, 422}:
        assert response.json()["code"] == "invalid", response.text


@schemathesis.check
def what_is_misshapen_is_told_in_a_sentence_of_its_own(ctx: Any, response: Any, case: Any) -> None:
    """The sentence for everything else tells nobody what to do."""
    if response.status_code == 422:
        assert sentence({"type": "anything else"}) not in {one["message"] for one in response.json()["problems"]}


@schema.parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
def test_nothing_that_is_sent_breaks_the_api(case: schemathesis.Case, bearer: dict[str, str]):
    lead_to_what_there_is(case)
    with transaction.atomic():
        case.call_and_validate(
            headers=bearer,
            additional_checks=[
                what_the_document_allows_is_not_misshapen,
                what_is_misshapen_is_told_in_a_sentence_of_its_own,
            ],
            excluded_checks=[positive_data_acceptance],
        )
        transaction.set_rollback(True)


def lead_to_what_there_is(case: schemathesis.Case) -> None:
    """Put what there is into most addresses: nothing is found behind those that chance makes."""
    if case.path_parameters and not case.meta.is_negative_at(ParameterLocation.PATH) and crc32(repr(case).encode()) % 4:
        _place, there = next(places("api:" + case.operation.path, coded=True))
        case.path_parameters |= {name: there[name] for name in case.path_parameters}
