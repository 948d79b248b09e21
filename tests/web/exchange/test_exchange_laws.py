"""Laws of exporting and importing: whatever is edited changes, and nothing else; undoing restores exactly."""

from datetime import date

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backcast.web.exchange import actions, undoing
from backcast.web.exchange.export import Form, export
from backcast.web.exchange.packing import packed, unpacked
from backcast.web.exchange.reading import rows
from backcast.web.exchange.registry import homes
from backcast.web.exchange.staging import NUMBER

pytestmark = pytest.mark.django_db
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=30)
VALUES = {
    "name": TEXTS,
    "owner": TEXTS,
    "sector": st.none() | TEXTS.map(lambda text: text[:20]),
    "total_investment": st.none() | st.decimals(0, 10**9, places=4),
    "planned_finish": st.none() | st.dates(date(2024, 1, 1), date(2099, 12, 31)),
    "note": st.none() | TEXTS,
}
EDITS = st.sampled_from(sorted(VALUES)).flatmap(lambda name: st.tuples(st.just(name), VALUES[name]))


def taken(plan, operator):
    exported = export("projects", plan, by=operator, form=Form.XLSX)
    file = SimpleUploadedFile(exported.name, exported.data)
    return actions.take(file, "projects", plan.code, by=operator)


def test_every_table_that_comes_back_as_it_was_changes_nothing(plan, operator):
    for one in homes():
        exported = export(one.table.name, plan, by=operator)
        back = actions.take(SimpleUploadedFile(exported.name, exported.data), one.table.name, plan.code, by=operator)
        assert (back.errors, back.size, back.unchanged) == (0, 0, exported.rows), one.table.name


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(edit=EDITS, row=st.integers(0, 2))
def test_one_edited_cell_changes_that_cell_and_undoing_restores_it(plan, operator, edit, row):
    name, value = edit
    before = rows("projects", operator, plan)
    with transaction.atomic():
        one = taken(plan, operator)
        staged = unpacked(one.staged)
        column = staged[name].to_list()
        column[row] = value
        one.staged = packed(staged.with_columns(pl.Series(name, column, staged.schema[name])))
        actions.again(one, by=operator)
        expected = before.with_columns(
            pl.Series(name, [value if i == row else kept for i, kept in enumerate(before[name])], before.schema[name])
        )
        if one.size:
            assert (one.changed, one.created) == (1, 0)
            actions.confirm(one, seen=one.shown, by=operator)
            one.refresh_from_db()
        assert rows("projects", operator, plan).equals(expected)
        if one.size:
            undoing.undo(one, by=operator)
        assert rows("projects", operator, plan).equals(before)
        assert staged[NUMBER].to_list() == [2, 3, 4]
        transaction.set_rollback(True)
