"""What ``import backcast`` offers, and how little it loads."""

from __future__ import annotations

import subprocess
import sys

import pytest

import backcast
import backcast.engine
import backcast.report


@pytest.mark.parametrize("package", [backcast, backcast.engine, backcast.report], ids=lambda package: package.__name__)
def test_every_public_name_can_be_had(package):
    for name in package.__all__:
        assert getattr(package, name) is not None, name


@pytest.mark.parametrize("package", [backcast, backcast.engine, backcast.report], ids=lambda package: package.__name__)
def test_a_name_that_does_not_exist_is_answered_by_those_that_do(package):
    with pytest.raises(AttributeError, match=f"{package.__name__} has no “nothing”. It offers: .*{package.__all__[0]}"):
        _ = package.nothing


def test_importing_the_package_loads_nothing_heavy():
    """So that ``backcast --help`` is instant."""
    heavy = ("numba", "numpy", "polars", "backcast.engine", "backcast.planbook", "openpyxl", "jinja2")
    code = f"import sys, backcast; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_directory_lists_the_public_names():
    assert set(backcast.__all__) <= set(dir(backcast))
