"""``backcast demo`` and ``backcast doctor``: the first minute on a new machine."""

import os
from pathlib import Path

import backcast as bc


def test_the_demonstration_prints_two_runs_and_writes_two_pages(backcast, tmp_path):
    result = backcast("demo", "--report-only", "--folder", "shown", "--projects", "60")
    assert result.exit_code == 0, result.output
    assert "The real Shanxi plan, as it stood on 2025-05-31" in result.stdout
    assert "The practice province: 60 simulated projects on the real targets" in result.stdout
    assert "shown/shanxi.html" in result.stdout
    assert "shown/practice.html" in result.stdout
    real, imagined = (
        (tmp_path / "shown" / name).read_text(encoding="utf-8") for name in ("shanxi.html", "practice.html")
    )
    assert "5G base stations" in real
    assert "5G基站" in real
    assert "(simulated)" in imagined
    assert "(simulated)" not in real
    assert bc.read_planbook(tmp_path / "shown" / "practice")["projects"].height == 60
    assert list(tmp_path.rglob("runs")) == []  # a demonstration is kept for no track record


def test_the_doctor_finds_everything_in_place(backcast):
    result = backcast("doctor")
    assert result.exit_code == 0
    assert [line[0] for line in result.stdout.splitlines()] == ["✓"] * 7


def test_the_doctor_misses_a_folder_that_cannot_be_written_to(backcast, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: not Path(path).is_dir())
    result = backcast("doctor")
    assert result.exit_code == 1
    assert "✗ Temporary files" in result.stdout
