"""What is packed for those who install Backcast."""

import shutil

from hatchling.builders.wheel import WheelBuilder

from blocks import ROOT


def test_the_wheel_takes_the_shanxi_plan_along_and_no_run_that_somebody_kept(tmp_path):
    for name in ("pyproject.toml", "README.md", "LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, tmp_path)
    ours = ("src/backcast/__init__.py", "examples/shanxi/plan.yaml", "examples/shanxi/geo/map.json")
    others = ("examples/shanxi/runs/2022-06-30.json", "examples/nyc-capital/plan.yaml", "tests/test_all.py")
    for name in (*ours, *others):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    packed = {file.distribution_path for file in WheelBuilder(str(tmp_path)).recurse_included_files()}
    assert packed == {"backcast/__init__.py", *(f"backcast/{name}" for name in ours[1:])}
