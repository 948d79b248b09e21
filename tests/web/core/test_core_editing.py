"""Editing: what two people write at once is shown to the second, side by side."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from backcast.web.core.editing import EditForm, submit
from backcast.web.core.refusals import Fault, Invalid
from backcast.web.directory.models import Organisation

pytestmark = pytest.mark.django_db


class OrganisationForm(EditForm):
    class Meta:
        model = Organisation
        fields = ("name", "name_en", "kind", "region")


@pytest.fixture
def bank() -> Organisation:
    return Organisation.objects.create(code="bank", name="银行", name_en="Bank", kind="bank")


def sent(form: EditForm, **written: str) -> dict[str, str]:
    """What a browser sends of a form in which somebody wrote something."""
    data = {field.html_name: field.value() for field in form} | {
        field.html_initial_name: field.value() for field in form if field.field.show_hidden_initial
    }
    return {name: "" if value is None else str(value) for name, value in data.items()} | written


def save(form: EditForm) -> None:
    fresh = Organisation.objects.get(pk=form.instance.pk)
    for name, value in form.changes.items():
        setattr(fresh, name, value)
    fresh.save_changes(form.changes, expected=form.seen)


def edit(bank: Organisation, data: dict[str, str]):
    form = OrganisationForm(data, instance=Organisation.objects.get(pk=bank.pk))
    return submit(form, lambda: save(form))


def test_only_what_was_changed_is_saved(bank):
    done = edit(bank, sent(OrganisationForm(instance=bank), name_en="The bank"))
    assert done.done
    assert done.form.changes == {"name_en": "The bank"}


def test_two_who_changed_the_same_field_see_both_versions(bank):
    first = sent(OrganisationForm(instance=bank), name_en="First bank")
    second = sent(OrganisationForm(instance=bank), name_en="Second bank")
    assert edit(bank, first).done
    collision = edit(bank, second)
    assert (collision.done, collision.status) == (False, 409)
    [difference] = collision.differences
    assert (difference.theirs, difference.mine, difference.contested) == ("First bank", "Second bank", True)
    assert difference.field.value() == "Second bank"


def test_saving_again_after_a_collision_is_done(bank):
    stale = sent(OrganisationForm(instance=bank), name_en="Second bank")
    edit(bank, sent(OrganisationForm(instance=bank), name_en="First bank"))
    again = edit(bank, stale).form
    assert edit(bank, sent(again) | {"initial-name_en": "First bank"}).done
    bank.refresh_from_db()
    assert (bank.name_en, bank.version) == ("Second bank", 3)


def test_what_only_the_other_changed_is_kept(bank):
    stale = sent(OrganisationForm(instance=bank), kind="guarantor")
    edit(bank, sent(OrganisationForm(instance=bank), name_en="First bank"))
    collision = edit(bank, stale)
    shown = {d.field.name: (d.theirs, d.mine, d.contested, d.field.value()) for d in collision.differences}
    assert shown["name_en"] == ("First bank", "Bank", False, "First bank")
    assert shown["kind"][3] == "guarantor"
    assert not shown["kind"][2]


def test_the_page_of_a_collision_holds_every_field(bank):
    stale = sent(OrganisationForm(instance=bank), name_en="Second bank")
    edit(bank, sent(OrganisationForm(instance=bank), name_en="First bank"))
    html = render_to_string("ui/edit.html", {"edit": edit(bank, stale)})
    assert html.count('name="initial-') == 4
    assert 'name="version" value="2"' in html
    assert "First bank" in html


def test_faults_stand_at_their_fields(bank):
    def refuse() -> None:
        raise Invalid([Fault("name", "There is one of this name."), Fault("elsewhere", "Nothing fits.")])

    form = OrganisationForm(sent(OrganisationForm(instance=bank), name="b"), instance=bank)
    refused = submit(form, refuse)
    assert refused.status == 422
    assert form.errors == {"name": ["There is one of this name."], "__all__": ["Nothing fits."]}


def test_a_form_of_something_new_has_no_version():
    form = OrganisationForm({"name": "New", "kind": "bank"})
    assert form.is_valid()
    assert "version" not in form.fields
    assert form.changes["name"] == "New"
