"""A small practice province in the database."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage, storages
from forecast_scene import OPERATOR

import backcast as bc
from backcast.planbook.book import Planbook
from backcast.planbook.practice import practice
from backcast.web.exchange.loading import load
from backcast.web.plans.models import Plan


@pytest.fixture(scope="session")
def province() -> Planbook:
    return practice(bc.read_planbook("examples/shanxi"), projects=24, seed=3)


@pytest.fixture
def plan(db: None, province: Planbook, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Plan:
    monkeypatch.setitem(storages._storages, "default", FileSystemStorage(tmp_path / "files"))
    return load(province, by=OPERATOR)[0]
