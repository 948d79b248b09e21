"""``backcast audit`` says whether the chain is whole, and prints its head to be kept elsewhere."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from cast import PROVINCE, actor_for
from click.testing import CliRunner

from backcast.cli import main
from backcast.cli.auditing import print_head, verify_audit
from backcast.web.audit import recording as audit
from backcast.web.core.roles import Role


def told(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.strip()


@pytest.mark.django_db
def test_the_head_that_is_printed_is_the_one_that_is_verified(capsys: pytest.CaptureFixture[str]):
    by = actor_for(Role.PLAN_OFFICER, PROVINCE)
    audit.record(by, "plan.changed", None)
    print_head()
    head = told(capsys)
    assert head.startswith("1:")
    assert verify_audit(head)
    assert told(capsys) == f"The audit is whole: 1 events, head {head}."
    audit.record(by, "plan.changed", None)
    assert verify_audit(head)


@pytest.mark.django_db
def test_a_chain_that_lost_its_end_is_told(capsys: pytest.CaptureFixture[str]):
    assert not verify_audit(f"2:{'a' * 64}")
    assert told(capsys) == "The head that was kept is event 2, but the events end with 0: the end was cut off."


@pytest.mark.parametrize("head", ["", "7", "7:abc", f"x:{'a' * 64}"])
def test_what_is_no_head_is_refused(head: str):
    with pytest.raises(click.UsageError, match="is no head"):
        verify_audit(head)


@pytest.mark.parametrize("command", ["verify", "head"])
def test_a_folder_without_a_database_stays_as_it_was(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    result = CliRunner().invoke(main, ["audit", command, "--data", str(tmp_path / "nowhere")])
    assert result.exit_code == 1
    assert "There is no database of Backcast in" in result.output
    assert not (tmp_path / "nowhere").exists()
