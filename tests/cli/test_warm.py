"""``backcast warm`` compiles ahead whatever a run needs."""

import json
import os
import subprocess
import sys

# What a process compiles of its own in two runs, with latest dates and a schedule.
RUNS = """
import json, sys
import backcast as bc
from backcast.engine.compiled import counts
for folder in sys.argv[1:]:
    run = bc.run(bc.read_planbook(folder), draws=80, threads=2)
    run.latest_dates(), run.schedule.to_frame()
print(json.dumps(counts))
"""


def test_after_warming_no_run_compiles_anything(backcast, province, county):
    first, then = backcast("warm"), backcast("warm")
    assert (first.exit_code, then.exit_code) == (0, 0)
    assert "kept in" in first.stdout
    assert then.stdout.startswith("Everything is compiled already; it is kept in ")
    command = [sys.executable, "-c", RUNS, str(province), str(county)]
    done = subprocess.run(command, env=os.environ, capture_output=True, text=True, check=True)
    assert not json.loads(done.stdout).get("compiled")


def test_where_nothing_can_be_kept_it_is_said_once_and_the_command_goes_on(province, tmp_path):
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    command = "import sys; from backcast.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", command, "schedule", str(province)],
        env=os.environ | {"BACKCAST_DATA": str(tmp_path / "file")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.count("Set BACKCAST_DATA to a folder that can be written to.") == 1
