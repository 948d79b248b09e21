"""The server says whether it lives, and whether it can do its work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

pytestmark = pytest.mark.django_db


def reasons(client: Client) -> list[str]:
    response = client.get("/readyz")
    assert response.status_code == 503
    return response.json()["reasons"]


def test_a_server_that_can_work_says_so_to_everybody(as_nobody: Client):
    assert as_nobody.get("/healthz").json() == {"status": "ok"}
    assert as_nobody.get("/readyz").json() == {"status": "ok"}


def test_a_database_that_is_behind_is_told(as_nobody: Client):
    MigrationRecorder(connection).record_unapplied("audit", "0002_guards")
    assert reasons(as_nobody) == ["The database is older than this version: migrations are pending."]


def test_a_database_that_does_not_answer_is_told(as_nobody: Client):
    def refuse(execute: Any, sql: str, *rest: Any) -> Any:
        return execute("SELECT nothing", *rest)

    with connection.execute_wrapper(refuse):
        assert reasons(as_nobody) == ["The database does not answer."]


def test_a_folder_that_cannot_be_written_to_is_told(as_nobody: Client, tmp_path: Path, settings: Any):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, home=tmp_path / "gone")
    assert reasons(as_nobody) == ["The folder of the data cannot be written to."]
