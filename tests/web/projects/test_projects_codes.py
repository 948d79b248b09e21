"""Codes of the national approval platform."""

from __future__ import annotations

import pytest
from project_scene import regions

from backcast.web.projects.codes import warnings

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("lead", ["140224", "140200", "140000"])
def test_a_code_that_fits_is_not_remarked_on(lead):
    assert warnings("2103-140224-89-01-123456", regions()[lead]) == []


@pytest.mark.parametrize(
    "code", ["P001", "2113-140224-89-01-123456", "2103-140224-89-01-12345", "2103-140224-89-01-123456\n"]
)
def test_another_shape_is_a_warning(code):
    assert "not a code" in warnings(code, regions()["140224"])[0]


def test_a_region_that_is_not_there_is_a_warning():
    assert "999999" in warnings("2103-999999-89-01-123456", regions()["140224"])[0]


def test_a_region_elsewhere_is_a_warning():
    assert "Taiyuan" in warnings("2103-140100-89-01-123456", regions()["140224"])[0]
