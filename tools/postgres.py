"""Run a command with ``DATABASE_URL`` set to a PostgreSQL server of its own, which is gone afterwards.

For example::

    python tools/postgres.py python -m pytest tests/web

The server listens on no network, only in a folder that nobody else may open, and never waits for a disk. PostgreSQL
refuses to run as root, so for root it runs as ``postgres`` or ``nobody``.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

OPTIONS = "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"


def main(command: list[str]) -> int:
    """Run a command beside a new server and return its exit code."""
    if not command:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # so that the server ends with us
    with server() as url:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


@dataclass(frozen=True)
class Cluster:
    """A server of its own in a folder: its address, and how to stop and start it."""

    url: str
    stop: Callable[[], None]
    start: Callable[[], None]


@contextmanager
def server() -> Iterator[str]:
    """Start a server in a new folder, give its address, stop it and remove the folder."""
    with cluster() as running:
        yield running.url


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Start a server in a new folder, stop it if it runs, and remove the folder."""
    programs, owner = programs_of_postgresql(), _owner()
    with tempfile.TemporaryDirectory(prefix="backcast-postgres-", dir="/tmp") as folder:
        if owner:
            shutil.chown(folder, owner)
        who: dict[str, Any] = {"user": owner, "group": pwd.getpwnam(owner).pw_gid, "extra_groups": []} if owner else {}

        def run(program: str, *arguments: str, check: bool = True) -> None:
            subprocess.run([programs / program, *arguments], check=check, cwd=folder, stdout=subprocess.DEVNULL, **who)

        data = ("-D", f"{folder}/data")
        control = (*data, "-s", "-w")
        start = partial(run, "pg_ctl", *control, "-l", f"{folder}/log", "-o", f"-k {folder} {OPTIONS}", "start")
        stop = partial(run, "pg_ctl", *control, "-m", "immediate", "stop")
        run("initdb", *data, "-U", "backcast", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        start()
        try:
            run("createdb", "-h", folder, "-U", "backcast", "backcast")
            yield Cluster(f"postgres://backcast@{quote(folder, safe='')}/backcast", stop, start)
        finally:
            stop(check=False)


def programs_of_postgresql() -> Path:
    """Return the folder of PostgreSQL's programs, of the latest version that is installed."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    found = installed[-1] if installed else shutil.which("initdb")
    if not found:
        sys.exit("PostgreSQL is not installed. Install Debian's package postgresql, then try again.")
    return Path(found).parent


def _version(initdb: Path) -> int:
    digits = re.match(r"\d+", initdb.parts[-3])
    return int(digits[0]) if digits else 0


def _owner() -> str:
    """Return the user that runs the server where we are root; otherwise it is ourselves."""
    if os.geteuid():
        return ""
    names = {user.pw_name for user in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
