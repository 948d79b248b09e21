"""A command line that is asked in this process, and a small planbook to ask it about."""

import pytest
from click.testing import CliRunner

from backcast.cli import main


@pytest.fixture
def backcast(tmp_path, monkeypatch):
    """Run a command in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words], prog_name="backcast")


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
