"""Models and the schema of planbooks say the same: names, what may be empty, and choices."""

import pytest
from django.db import models

from backcast.planbook.columns import Type
from backcast.planbook.schema import SCHEMA
from backcast.web.exchange.registry import home, homes

FIELDS = {
    Type.TEXT: (models.CharField, models.TextField),
    Type.WHOLE: (models.IntegerField,),
    Type.NUMBER: (models.FloatField,),
    Type.MONEY: (models.DecimalField,),
    Type.DATE: (models.DateField,),
    Type.FLAG: (models.BooleanField,),
}
COLUMNS = [(table.name, column.name) for table in SCHEMA.values() for column in table]


def test_every_table_has_a_home_after_all_that_it_refers_to():
    order = [one.table.name for one in homes()]
    assert sorted(order) == sorted(SCHEMA)
    for one in homes():
        for reference in one.references:
            assert order.index(reference.table) <= order.index(one.table.name)


@pytest.mark.parametrize(("table", "name"), COLUMNS)
def test_a_field_is_what_its_column_declares(table, name):
    one, column = home(table), SCHEMA[table][name]
    if name not in one.values:
        reference = one.reference(name)
        field = one.model._meta.get_field(reference.field)
        assert field.related_model is home(reference.table).model
        assert field.null is not column.required
        return
    field = one.model_field(name)
    assert isinstance(field, FIELDS[column.type])
    assert [value for value, _ in field.choices or []] == list(column.allowed)
    if column.type is Type.TEXT:
        assert field.blank is not column.required
        assert not field.null
    elif (table, name) != ("plan", "simulated"):  # a plan is simulated or not: what is left empty means no
        assert field.null is not column.required


def test_every_table_but_those_shared_belongs_to_a_plan():
    shared = {one.table.name for one in homes() if not one.plan_field and not one.references}
    assert shared == {"plan"}
    assert {one.table.name for one in homes() if one.plan_field} == {
        *("tasks", "measures", "indicators", "calendars", "projects", "risks", "classes"),
    }
