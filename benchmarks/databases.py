"""The same measurement on SQLite and on a PostgreSQL of its own, each in a process and a folder of its own."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DATABASES = ["sqlite", "postgresql"]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Let somebody choose the database; ``--within`` is for :func:`apart`."""
    parser.add_argument("--database", choices=DATABASES, action="append")
    parser.add_argument("--within", action="store_true", help=argparse.SUPPRESS)


def apart(database: str, script: str, arguments: Sequence[str], home: str = "", **more: str) -> dict[str, Any]:
    """Run a script with ``--within`` on one database and return the JSON that it prints.

    Parameters
    ----------
    home
        A folder that is kept; a new one is removed afterwards.
    more
        Further variables of its environment.
    """
    with ExitStack() as opened:
        folder = home or opened.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-"))
        env = {**os.environ, "BACKCAST_HOME": folder, "DATABASE_URL": "", **more}
        env |= {"DJANGO_SETTINGS_MODULE": "backcast.web.config.settings"}
        if database == "postgresql":
            sys.path.insert(0, str(HERE.parent / "tools"))
            try:
                env["DATABASE_URL"] = opened.enter_context(import_module("postgres").server())
            except SystemExit as missing:
                return {"left out": str(missing)}
        command = [sys.executable, script, "--within", *arguments]
        found = subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True).stdout
    return dict(json.loads(found))
