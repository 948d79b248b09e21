"""A server whose disk is full or whose database is away says so, changes nothing, and works again afterwards."""

import os
import re
import subprocess
from contextlib import contextmanager, suppress
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest
from server import get, run, running, wait_for

from postgres import cluster

ROOT = Path(__file__).parents[2]


@contextmanager
def small_disk(folder, megabytes):
    """Mount a disk of its own; a container may not let even root do so."""
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=False).returncode:
        pytest.skip("No disk can be mounted here.")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def fill(path):
    """Write until nothing fits any more."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))


def sign_in(port):
    """Send a name and a password that nobody has; it is written down. Return status and text."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    browser.addheaders = [("Accept-Language", "en")]
    address = f"http://127.0.0.1:{port}/accounts/sign-in/"
    try:
        with browser.open(address, timeout=60) as form:
            token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.read().decode())[1]
        sent = urlencode({"csrfmiddlewaretoken": token, "login": "nobody", "password": "wrong"}).encode()
        with browser.open(address, sent, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


@pytest.mark.needs("postgresql")
def test_a_database_that_is_away_is_told_and_served_from_again_when_it_is_back(tmp_path, port):
    with (
        cluster() as database,
        running("serve", "--port", port, "--data", "kept", folder=tmp_path, DATABASE_URL=database.url),
    ):
        wait_for(port, "/readyz", 200)
        database.stop()
        _, told = wait_for(port, "/readyz", 503)
        assert "The database does not answer." in told
        status, page = sign_in(port)
        assert (status, "The database does not answer. Nothing was changed." in page) == (503, True)
        assert get(port, "/healthz")[0] == 200
        database.start()
        wait_for(port, "/readyz", 200)
        assert sign_in(port)[0] == 200


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="Only root can mount a disk of its own.")
def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path, port):
    with small_disk(tmp_path / "disk", 40) as disk:
        kept = ("--data", disk)
        assert run("load", ROOT / "examples" / "shanxi", *kept, folder=tmp_path).returncode == 0
        with running("serve", "--port", port, *kept, folder=tmp_path):
            wait_for(port, "/readyz", 200)
            fill(disk / "filler")
            _, told = wait_for(port, "/readyz", 503)
            assert "The folder of the data cannot be written to." in told
            status, page = sign_in(port)
            assert (status, "disk is full" in page) == (503, True)
            (disk / "filler").unlink()
            wait_for(port, "/readyz", 200)
            assert sign_in(port)[0] == 200
        verified = run("audit", "verify", *kept, folder=tmp_path)
        assert verified.returncode == 0, verified.stdout
