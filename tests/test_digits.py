"""The same planbook, seed, draws and version give the same bytes, whatever computes them."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

import backcast as bc
from backcast.engine.simulate import Simulation
from backcast.planbook.book import Planbook
from backcast.report import dumps

EXAMPLES = Path(__file__).parent.parent / "examples"
DRAWS, SEED = 300, 11

# What the subprocess does; it says first which processor it believes to have.
ELSEWHERE = """
import hashlib, sys
import numba
import backcast as bc
from backcast.report import dumps
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__
print(numba.core.config.CPU_NAME, [feature for feature in __cpu_dispatch__ if __cpu_features__[feature]])
run = bc.run(bc.read_planbook(sys.argv[1]), draws=int(sys.argv[2]), seed=int(sys.argv[3]))
print(hashlib.sha256(dumps(run).encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def practice() -> Planbook:
    return bc.practice(bc.read_planbook(EXAMPLES / "shanxi"), projects=60, seed=1)


@pytest.fixture(scope="module")
def document(practice) -> str:
    return dumps(bc.run(practice, draws=DRAWS, seed=SEED))


def test_the_document_says_something_of_everything(practice, document):
    """Equal bytes mean something only if there is much to say."""
    run = bc.run(practice, draws=DRAWS, seed=SEED)
    assert dumps(run) == document
    assert {verdict.basis for verdict in run.verdicts} >= {"projects", "both", "trend", "none"}
    assert len(run.drivers()) > 100
    assert any(driver.through_links for driver in run.drivers())
    assert len(run.latest_dates()) > 50


def test_threads_change_no_byte(practice, document):
    assert dumps(bc.run(practice, draws=DRAWS, seed=SEED, threads=2)) == document


@pytest.mark.parametrize("block", [50, 111])
def test_the_size_of_blocks_changes_no_byte(practice, document, block, monkeypatch):
    for name in ("finishes", "latest"):
        method = getattr(Simulation, name)
        monkeypatch.setattr(Simulation, name, lambda *args, method=method, **more: method(*args, **more, block=block))
    assert dumps(bc.run(practice, draws=DRAWS, seed=SEED)) == document


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_changes_no_byte(practice, document, seed):
    shuffled = Planbook(
        {name: frame.sample(fraction=1.0, shuffle=True, seed=seed) for name, frame in practice.tables.items()}
    )
    assert dumps(bc.run(shuffled, draws=DRAWS, seed=SEED)) == document


def test_another_seed_changes_much(practice, document):
    assert dumps(bc.run(practice, draws=DRAWS, seed=SEED + 1)) != document


def test_a_plain_processor_changes_no_byte(practice, document, tmp_path, pytestconfig):
    """Without AVX and its kin, in NumPy and in what Numba compiles."""
    bc.write_planbook(practice, tmp_path / "practice")
    present = [feature for feature in __cpu_dispatch__ if __cpu_features__[feature]]
    plain = {
        "NPY_DISABLE_CPU_FEATURES": " ".join(present),
        "NUMBA_CPU_NAME": "generic",
        "NUMBA_CPU_FEATURES": "",
        "BACKCAST_DATA": str(pytestconfig.cache.mkdir("generic")),
    }
    command = [sys.executable, "-c", ELSEWHERE, str(tmp_path / "practice"), str(DRAWS), str(SEED)]
    done = subprocess.run(command, env=os.environ | plain, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    processor, digest = done.stdout.splitlines()
    assert processor == "generic []"
    assert digest == hashlib.sha256(document.encode()).hexdigest()
