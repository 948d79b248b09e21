"""How forms are drawn everywhere: the sentence of a fault stands at its field."""

from __future__ import annotations

from django.forms.renderers import DjangoTemplates


class Renderer(DjangoTemplates):
    """Draw ``{{ form }}`` and ``{{ form.name.as_field_group }}`` with our templates."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"
