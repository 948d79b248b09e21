"""Components say what they are given, also to those who cannot see them."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from backcast.planbook import schema


def drawn(text: str, address: str = "/projects/", **context: object) -> str:
    """Draw a template as a page would."""
    template = engines["django"].from_string(CottonCompiler().process("{% load ui %}" + text))
    with translation.override("en"):
        return " ".join(template.render(context, RequestFactory().get(address)).split())


def test_a_light_has_a_shape_and_a_word():
    light = drawn('<c-light name="red">in danger</c-light>')
    assert "marks.svg#red" in light
    assert "in danger" in light


def test_an_empty_place_says_what_to_do_next():
    place = drawn(
        '<c-empty title="No project yet">Enter one.<c-slot name="actions"><a href="/new/">New</a></c-slot></c-empty>'
    )
    assert "No project yet" in place
    assert '<div class="actions"><a href="/new/">New</a></div>' in place


def test_a_heading_sorts_up_first_and_then_down_and_keeps_the_filter():
    heading = '<c-th key="name">Name</c-th>'
    assert 'aria-sort="none"' in drawn(heading, "/projects/?region=140200&after=P-9")
    assert 'href="?region=140200&amp;sort=name"' in drawn(heading, "/projects/?region=140200&after=P-9")
    assert 'aria-sort="ascending"' in drawn(heading, "/projects/?sort=name")
    assert 'href="?sort=-name"' in drawn(heading, "/projects/?sort=name")
    assert 'aria-sort="descending"' in drawn(heading, "/projects/?sort=-name")
    assert 'href="?sort=name"' in drawn(heading, "/projects/?sort=-name")


def test_a_heading_without_a_key_is_no_link():
    assert "<a" not in drawn("<c-th>Light</c-th>")


def test_a_pager_leads_by_keys_and_keeps_the_filter():
    pager = drawn(
        '<c-pager :before="before" :after="after">3 projects</c-pager>',
        "/?stage=started&after=P-3",
        before="P-4",
        after="P-6",
    )
    assert 'rel="prev" href="?stage=started&amp;before=P-4"' in pager
    assert 'rel="next" href="?stage=started&amp;after=P-6"' in pager
    assert "<a" not in drawn('<c-pager before="" after="">3 projects</c-pager>')


def test_a_tab_says_which_is_open():
    tabs = drawn(
        '<c-tabs label="Parts"><c-tab href="/a/" :current="True">A</c-tab><c-tab href="/b/">B</c-tab></c-tabs>'
    )
    assert tabs.count('aria-current="page"') == 1
    assert 'aria-label="Parts"' in tabs


def test_a_confirmation_posts_with_its_key_after_asking():
    dialog = drawn('<c-confirm id="withdraw" action="/x/" button="Withdraw" title="Withdraw it?">It stays.</c-confirm>')
    assert 'popovertarget="withdraw"' in dialog
    assert 'method="post" action="/x/"' in dialog
    assert "csrfmiddlewaretoken" in dialog
    assert 'aria-labelledby="withdraw-title"' in dialog


def test_progress_without_a_value_is_under_way():
    assert 'value="62" max="100"' in drawn('<c-progress value="62">Reading</c-progress>')
    assert "<progress max" in drawn("<c-progress>Reading</c-progress>")


def test_simulated_says_the_notice_of_the_plan_or_that_it_is_simulated():
    assert "nothing here describes a real project" in drawn("<c-simulated />")
    assert "A practice province." in drawn("<c-simulated>A practice province.</c-simulated>")


def test_a_table_has_a_caption_and_can_be_scrolled_by_keyboard():
    table = drawn(
        '<c-table caption="Projects"><c-slot name="head"><c-th>Name</c-th></c-slot><tr><td>A</td></tr></c-table>'
    )
    assert '<caption class="visually-hidden">Projects</caption>' in table
    assert 'tabindex="0" role="group" aria-label="Projects"' in table


class Form(forms.Form):
    """A field with help, one of several choices, and a tick."""

    finish = forms.DateField(label="Planned finish", help_text="Such as 2025-06-30.")
    tier = forms.ChoiceField(label="Tier", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    listed = forms.BooleanField(label="Listed", required=False)


def test_a_fault_stands_at_its_field_and_what_was_typed_is_kept():
    field = drawn('<c-field :field="form.finish" />', form=Form({"finish": "PNS", "tier": "a"}))
    assert 'value="PNS"' in field
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="id_finish_helptext id_finish_error"' in field
    assert 'id="id_finish_error"' in field
    assert 'id="id_finish_helptext"' in field


def test_a_whole_form_is_drawn_with_a_name_for_every_control():
    form = drawn("{{ form }}", form=Form())
    assert '<label for="id_finish">Planned finish' in form
    assert "<legend>Tier" in form
    assert '<label class="tick" for="id_listed">' in form


@pytest.mark.parametrize("component", ["card", "badge", "stat", "message", "fact", "trail", "source"])
def test_what_a_component_is_given_is_text_never_markup(component):
    given = drawn(
        f'<c-{component} title="{{{{ bad }}}}" label="{{{{ bad }}}}">{{{{ bad }}}}</c-{component}>', bad="<script>"
    )
    assert "<script>" not in given
    assert "&lt;script&gt;" in given


def test_filters_are_there_for_templates():
    told = drawn(
        "{{ total|money }} {{ n|number }} {{ finish|day }} {{ none|day }}",
        total=128500,
        n=1284,
        finish=date(2025, 6, 30),
        none=None,
    )
    assert told == 'CNY 1.29 bn 1,284 <time datetime="2025-06-30">2025-06-30</time> –'


def test_a_column_is_called_as_its_planbook_calls_it():
    column = schema.PROJECTS["planned_finish"]
    assert drawn("{{ column|label }}", column=column) == column.label
