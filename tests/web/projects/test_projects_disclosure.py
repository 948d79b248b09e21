"""Totals that give no work secret away."""

from __future__ import annotations

from decimal import Decimal

from backcast.web.projects.disclosure import Total, disclosed


def total(key: str, secrets: int = 0, each: int = 10) -> Total:
    amount = Decimal(secrets * each)
    return Total(key, 10 + secrets, 100 + amount, secrets, amount, Decimal(each if secrets else 0))


def test_without_work_secrets_everything_is_told():
    found = disclosed([total("A"), total("B")])
    assert all(found.totals.values())
    assert found.overall.count == 20


def test_a_single_work_secret_is_hidden_with_the_overall_total():
    found = disclosed([total("A", 1), total("B")])
    assert found.totals["A"] is None
    assert found.totals["B"] is not None
    assert found.overall is None


def test_another_total_is_hidden_so_that_the_overall_one_can_be_told():
    found = disclosed([total("A", 1), total("B", 4), total("C")])
    assert found.totals == {"A": None, "B": None, "C": total("C")}
    assert found.overall.secrets == 5


def test_one_that_is_nearly_all_of_the_sum_is_hidden():
    large = Total("A", 13, Decimal(200), 3, Decimal(100), Decimal(95))
    assert disclosed([large]).totals["A"] is None


def test_enough_work_secrets_hide_each_other():
    assert disclosed([total("A", 3)]).overall.count == 13
