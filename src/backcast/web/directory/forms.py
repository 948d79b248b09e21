"""Forms over regions and organisations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from backcast.planbook import schema
from backcast.web.core.editing import EditForm
from backcast.web.core.models import choices_of
from backcast.web.directory.models import Organisation, Region

SOURCED = ("status", "source", "url", "note", "known_from")
ANY = [("", _("any"))]


class RegionForm(EditForm):
    """What is said of a region; its code and parent only at the start."""

    class Meta:
        """Code and parent are asked once."""

        model = Region
        fields = ("code", "parent", "name", "name_en", "level", "role", "population", "area", "gdp", *SOURCED)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["code"], self.fields["parent"]


class OrganisationForm(EditForm):
    """What is said of an organisation; its code only at the start."""

    class Meta:
        """Code is asked once."""

        model = Organisation
        fields = ("code", "name", "name_en", "kind", "region", *SOURCED)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["code"]


class FilterForm(forms.Form):
    """What a list of organisations is narrowed by."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[*ANY, *choices_of(schema.ORGANISATIONS["kind"])])


class MergeForm(forms.Form):
    """Into which organisation another is merged."""

    into = forms.ModelChoiceField(Organisation.objects.none(), to_field_name="code", label=_("Merge into"))

    def __init__(self, *args: Any, duplicate: Organisation, **options: Any) -> None:
        super().__init__(*args, **options)
        into: Any = self.fields["into"]
        into.queryset = Organisation.objects.current().exclude(pk=duplicate.pk)
