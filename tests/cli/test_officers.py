"""``backcast init`` and ``backcast link``, as processes."""

import os
import re
import subprocess
import sys

import pytest


def _backcast(*arguments, home, language="en"):
    environment = {**os.environ, "BACKCAST_HOME": str(home), "BACKCAST_LANGUAGE": language}
    environment.pop("DATABASE_URL", None)
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "-c", "from backcast.cli import main; main()", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


def test_a_new_installation_gets_three_officers_once_and_one_is_let_in_again(home):
    made = _backcast("init", "--address", "https://plan.example/", home=home)
    assert made.returncode == 0, made.stderr
    links = re.findall(r"^https://plan\.example/accounts/link/(\S+)/(\S+)/$", made.stdout, re.MULTILINE)
    assert [name for name, __ in links] == ["system-officer", "security-officer", "audit-officer"]

    again = _backcast("init", home=home)
    assert again.returncode == 1
    assert "There are officers already" in again.stderr

    link = _backcast("link", "System-Officer", home=home)
    assert link.returncode == 0, link.stderr
    assert link.stdout.startswith("http://127.0.0.1:8000/accounts/link/system-officer/")

    for name, sentence in {"audit-officer": "only the system officer", "zhang.san": "There is no user"}.items():
        refused = _backcast("link", name, home=home)
        assert refused.returncode == 1
        assert sentence in refused.stderr
