"""Run ``backcast`` as a process of its own, and ask the server that it is."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import backcast as bc

SOURCE = Path(bc.__file__).parents[1]
PATIENCE_SECONDS = 60


def environment(**more):
    """A process like ours in English, without what other tests set."""
    others = ("BACKCAST_HOME", "BACKCAST_DEMO", "DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    kept = {name: value for name, value in os.environ.items() if name not in others}
    return kept | {"PYTHONPATH": str(SOURCE), "BACKCAST_LANGUAGE": "en", "PYTHONUNBUFFERED": "1"} | more


def run(*words, folder, **more):
    """Run a command to its end."""
    command = [sys.executable, "-m", "backcast", *map(str, words)]
    return subprocess.run(command, cwd=folder, env=environment(**more), capture_output=True, text=True, check=False)


@contextmanager
def running(*words, folder, **more):
    """Run a command until the block ends, then interrupt it and wait."""
    command = [sys.executable, "-m", "backcast", *map(str, words)]
    with (folder / "printed").open("w") as printed:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=environment(**more),
            stdout=printed,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(PATIENCE_SECONDS)


def get(port, path="/", language="en"):
    """Return status and text of a page."""
    request = Request(f"http://127.0.0.1:{port}{path}", headers={"Accept-Language": language})
    try:
        with urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except (URLError, ConnectionError):
        return 0, ""


def wait_for(port, path, status):
    """Ask until the status comes; return every status met, and the last text."""
    met, end = [], time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        found, text = get(port, path)
        met.append(found)
        if found == status:
            return met, text
        time.sleep(0.1)
    raise AssertionError(f"{path} never answered {status}: {sorted(set(met))}")
