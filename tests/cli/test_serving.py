"""``backcast serve``, ``backcast load`` and the server of ``backcast demo``, as processes of their own."""

import re
import socket
from pathlib import Path
from urllib.request import Request, urlopen

from server import get, run, running, wait_for

ROOT = Path(__file__).parents[2]


def test_the_server_answers_says_that_nobody_can_sign_in_and_ends_cleanly(tmp_path, port):
    with running("serve", "--port", port, "--data", "kept", folder=tmp_path) as process:
        wait_for(port, "/readyz", 200)
        status, page = get(port)
        assert (status, "Sign in" in page) == (200, True)
    printed = (tmp_path / "printed").read_text()
    assert "backcast init" in printed
    assert f"http://127.0.0.1:{port}" in printed
    assert printed.rstrip().endswith("Ended.")
    assert process.returncode == 0
    assert (tmp_path / "kept" / "backcast.sqlite3").exists()


def test_a_file_of_a_page_is_kept_for_a_year_under_a_name_of_its_content(tmp_path, port):
    with running("serve", "--port", port, "--data", "kept", folder=tmp_path):
        wait_for(port, "/readyz", 200)
        files = re.findall(r'(?:href|src)="(/static/[^"#]+)', get(port)[1])
        assert files
        for file in files:
            assert re.search(r"\.[0-9a-f]{12}\.\w+$", file), file
            answer = urlopen(Request(f"http://127.0.0.1:{port}{file}", headers={"Accept-Encoding": "gzip"}))
            with answer:
                assert "immutable" in answer.headers["Cache-Control"], file
                assert not file.endswith(".css") or answer.headers["Content-Encoding"] == "gzip", file


def test_a_taken_port_is_refused_in_a_sentence(tmp_path, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        result = run("serve", "--port", port, folder=tmp_path)
    assert result.returncode == 1
    assert f"Port {port} cannot be used" in result.stderr
    assert f"--port {port + 1}" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_planbook_is_loaded_once(tmp_path):
    result = run("load", ROOT / "examples" / "shanxi", "--data", "kept", folder=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "projects: 204 added, 0 changed" in result.stdout
    again = run("load", ROOT / "examples" / "shanxi", "--data", "kept", folder=tmp_path)
    assert again.stdout.splitlines() == ["Loaded: shanxi-new-infrastructure-2021"]


def test_the_demonstration_answers_at_once_and_opens_when_both_plans_are_loaded(tmp_path, port):
    (tmp_path / "shown").mkdir()
    for name in ("shanxi.html", "practice.html"):  # as an earlier start left them
        (tmp_path / "shown" / name).touch()
    words = ("demo", "--folder", "shown", "--port", port, "--projects", 60)
    with running(*words, folder=tmp_path):
        _, page = wait_for(port, "/", 503)
        assert "being prepared" in page
        _, page = wait_for(port, "/", 200)
        assert "plan-officer" in page or "王晓岚" in page
    with running(*words, folder=tmp_path):
        wait_for(port, "/", 200)
    printed = (tmp_path / "printed").read_text()
    assert f"The application: http://127.0.0.1:{port}" in printed
    assert "Traceback" not in printed, printed
