"""A command line that is asked in this process, and a small planbook to ask it about."""

import socket
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from backcast.cli import main


@pytest.fixture
def backcast(tmp_path, monkeypatch):
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words], prog_name="backcast")


@pytest.fixture
def port():
    """A port that nobody has."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="session")
def province(tmp_path_factory):
    """A folder with forty made-up projects."""
    folder = tmp_path_factory.mktemp("practice") / "province"
    assert CliRunner().invoke(main, ["practice", str(folder), "--projects", "40"]).exit_code == 0
    return folder


COUNTY = {
    "plan.yaml": "code: p\nname: 规划\nname_en: Plan\nstarts: 2022-01-01\nends: 2026-12-31\ndata_date: 2025-06-30\n",
    "regions.csv": "code,name,name_en,level\nEF,东原县,Eastfield,county\n",
    "indicators.csv": "code,name,name_en,unit,kind,direction\npiles,充电桩,Charging piles,个,stock,higher\n",
    "targets.csv": "indicator,region,date,value,document\npiles,EF,2026-12-31,540,Plan\n",
    "observations.csv": "indicator,region,date,value\npiles,EF,2022-12-31,120\npiles,EF,2023-12-31,190\n",
}


@pytest.fixture
def county(tmp_path):
    """A folder with one target and two figures."""
    folder = tmp_path / "county"
    folder.mkdir()
    for name, text in COUNTY.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def register(n=60):
    """A register of projects that began month by month from 2015 on, and take longer and longer."""
    lines = ["id,class,planned_start,planned_finish,actual_start,actual_finish,observed_at"]
    for k in range(n):
        start = date(2015, 1, 1) + timedelta(days=30 * k)
        planned, took = start + timedelta(days=300 + 7 * (k % 5)), start + timedelta(days=280 + 37 * (k % 13))
        ended = took if took <= date(2020, 12, 31) else ""
        lines.append(f"P{k:02},{('roads', 'bridges')[k % 2]},{start},{planned},{start},{ended},2020-12-31")
    return "\n".join(lines) + "\n"


@pytest.fixture
def history(tmp_path):
    """A CSV file of sixty projects, observed at the end of 2020."""
    path = tmp_path / "register.csv"
    path.write_text(register(), encoding="utf-8")
    return path
