"""Forms over projects and their parts: shapes only, the rules are in the actions."""

from __future__ import annotations

from types import new_class
from typing import Any, ClassVar, TypeVar, cast

from django import forms
from django.forms import modelform_factory
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from backcast.planbook.schema import ACTIVITIES
from backcast.web.core.actor import Actor
from backcast.web.core.editing import EditForm
from backcast.web.core.models import choices_of
from backcast.web.directory.models import Organisation, Region
from backcast.web.files.kinds import ENDINGS
from backcast.web.plans.models import Calendar, Indicator, Plan, Task
from backcast.web.projects import access, approval_items, lifecycle
from backcast.web.projects.models import Activity, Approval, Funding, Listing, Output, Project, StatisticsEntry

NO_STATE_SECRET = _("I declare that nothing here is a state secret.")
NO_STATE_SECRET_HELP = _(
    "State secrets must never be entered into this system, in no field and no file. Work secrets are marked as such."
)
PROFILE: tuple[str, ...] = (
    *("name", "name_en", "kind", "lead_region", "owner", "owner_organisation", "sector", "reference_class", "task"),
    *("parent", "counts", "planned_start", "planned_finish", "actual_start", "actual_finish"),
    *("physical_percent_complete", "total_investment", "calendar", "longitude", "latitude"),
    *("confidentiality", "leader", "task_team", "status", "source", "url", "note"),
)
"""What is edited of a project; its stage moves by transitions."""
COUNTS = [("unknown", _("as usual: its parent or itself")), ("true", _("yes")), ("false", _("no"))]
AT_ENTRY: tuple[str, ...] = ("code", *(name for name in PROFILE if not name.startswith(("actual_", "physical_"))))


DAY = forms.DateInput({"type": "date"}, format="%Y-%m-%d")


class ProjectForm(EditForm):
    """The profile of a project; a reporter is asked for dates, progress and place alone.

    :func:`form_for` binds it to whoever edits, and to the plan whose tasks it offers.
    """

    actor: ClassVar[Actor]
    plan: ClassVar[Plan]

    class Meta:
        """All that may be edited."""

        model = Project
        fields = PROFILE

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._narrow()
        if self.instance.pk:
            allowed = access.editable_fields(self.actor, self.instance, PROFILE)
            for name in [name for name in self.edited if name not in allowed]:
                del self.fields[name]

    def _narrow(self) -> None:
        """Offer what belongs to the plan, and regions within reach; a parent is named by its code."""
        offered = {
            "task": Task.objects.filter(plan=self.plan),
            "calendar": Calendar.objects.filter(plan=self.plan),
            "owner_organisation": Organisation.objects.current(),
            "lead_region": _regions_in_reach(self.actor),
            "parent": Project.objects.visible_to(self.actor).filter(plan=self.plan),
        }
        fields: dict[str, Any] = self.fields
        for name, rows in offered.items():
            fields[name].queryset = rows
        fields["counts"].widget.choices = COUNTS
        parent = fields["parent"]
        parent.to_field_name, parent.widget = "code", forms.TextInput()
        parent.help_text = _("The code of the project that this one is a part of.")
        self.initial["parent"] = self.instance.parent.code if self.instance.parent else ""


class NewProjectForm(ProjectForm):
    """A project that is taken in, with what must be declared."""

    no_state_secret = forms.BooleanField(label=NO_STATE_SECRET, help_text=NO_STATE_SECRET_HELP, required=False)
    anyway = forms.BooleanField(
        label=_("This is another project: save it anyway."), required=False, widget=forms.HiddenInput
    )

    class Meta(ProjectForm.Meta):
        """With its code."""

        fields = AT_ENTRY

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].help_text = _(
            "As the national approval platform gave it, such as 2103-140105-89-01-123456."
        )

    def offer_anyway(self) -> None:
        """Show the box by which somebody says that it is another project."""
        self.fields["anyway"].widget = forms.CheckboxInput()

    @property
    def values(self) -> dict[str, Any]:
        """What is said of the project itself; whether it counts only where somebody says so."""
        given = {name: value for name, value in self.changes.items() if name in AT_ENTRY}
        return {name: value for name, value in given.items() if name != "counts" or value is not None}


Form = TypeVar("Form", bound=ProjectForm)


def form_for(form: type[Form], actor: Actor, plan: Plan) -> type[Form]:
    """Return a form of projects for one actor and one plan."""
    made = new_class(form.__name__, (form,), exec_body=lambda body: body.update(actor=actor, plan=plan))
    return cast(type[Form], made)


def _regions_in_reach(actor: Actor) -> Any:
    """Return the regions in which the actor may put a project."""
    reach = [grant.region_path for grant in actor.grants if grant.role in lifecycle.OFFICERS and grant.region_path]
    found = Region.objects.none()
    for path in reach:
        found = found | Region.objects.filter(path__startswith=path)
    return found.order_by("path")


def advance_form(step: lifecycle.Transition) -> type[EditForm]:
    """Return a form that asks for what a transition needs."""

    class AdvanceForm(EditForm):
        """What must be known by then; the reason is said anew each time."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self.initial["stage_date"] = timezone.localdate()
            if "stage_reason" in self.fields:
                self.initial["stage_reason"] = ""
                self.fields["stage_reason"].required = True
            for name in step.required:
                self.fields[name].required = True

    return cast(type[EditForm], modelform_factory(Project, form=AdvanceForm, fields=step.fields))


class ApprovalForm(EditForm):
    """How far one item is; which item, only at the start."""

    class Meta:
        """Route and item are asked once."""

        model = Approval
        fields = ("way", "item", "state", "number", "date", "department", "note")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["way"], self.fields["item"]
        else:
            self.fields["item"].help_text = _("An item of the route, or the name of one that only this project needs.")
            codes = [(item.code, item.label) for item in approval_items.ITEMS]
            self.fields["item"].widget = Suggesting(codes)


class Suggesting(forms.TextInput):
    """A line of text that suggests some values."""

    template_name = "projects/suggesting.html"

    def __init__(self, choices: list[tuple[str, Any]]) -> None:
        super().__init__()
        self.suggested = choices

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the suggestions."""
        return super().get_context(name, value, {**(attrs or {}), "list": f"{name}-suggested"}) | {
            "suggested": self.suggested
        }


class ListingForm(EditForm):
    """A year's listing; which year and tier, only at the start."""

    class Meta:
        """Year and tier are asked once."""

        model = Listing
        fields = ("year", "tier", "listing_class", "annual_plan", "document", "entered", "left", "source", "note")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["year"], self.fields["tier"]
        else:
            self.initial.setdefault("year", timezone.localdate().year)


class FundingForm(EditForm):
    """Money of one source in one year."""

    class Meta:
        """Source and year are asked once."""

        model = Funding
        fields = ("source", "year", "planned", "allotted", "in_place", "paid")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["source"], self.fields["year"]
        else:
            self.initial.setdefault("year", timezone.localdate().year)


class StatisticsForm(EditForm):
    """Entry in the statistics library, or the reason for none."""

    class Meta:
        """All of it."""

        model = StatisticsEntry
        fields = ("code", "month", "reason")


class OutputForm(EditForm):
    """What a project adds to an indicator; which indicator, only at the start."""

    class Meta:
        """Indicator, region and gate tell outputs apart."""

        model = Output
        fields = ("indicator", "region", "amount", "gate", "spread", "ramp_days", "source", "note")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            for name in ("indicator", "region", "gate"):
                del self.fields[name]
            return
        indicators = self.fields["indicator"]
        if isinstance(indicators, forms.ModelChoiceField):
            indicators.queryset = Indicator.objects.filter(plan=self.instance.project.plan_id)


class ActivityForm(EditForm):
    """Dates and progress of one activity."""

    class Meta:
        """What is reported; its plan is a part of the network."""

        model = Activity
        fields = ("actual_start", "actual_finish", "physical_percent_complete", "remaining_duration")


class AttachForm(forms.Form):
    """A file of a project."""

    file = forms.FileField(label=_("File"), widget=forms.ClearableFileInput({"accept": ",".join(ENDINGS)}))
    title = forms.CharField(label=_("What it is"), max_length=200, required=False)
    no_state_secret = forms.BooleanField(label=NO_STATE_SECRET, help_text=NO_STATE_SECRET_HELP, required=False)


class ReasonForm(forms.Form):
    """Why dates are frozen."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class RouteForm(forms.Form):
    """The route by which a project is admitted."""

    way = forms.ChoiceField(label=_("Route"), choices=Approval.Way.choices)


class ShareForm(forms.Form):
    """The share of one region."""

    region = forms.ModelChoiceField(Region.objects.all(), label=_("Region"), required=False, to_field_name="code")
    share = forms.DecimalField(label=_("Share, %"), min_value=0, max_value=100, required=False)


class ActivityRow(forms.Form):
    """One activity of a network, with what it waits for."""

    code = forms.CharField(label=_("Code"), max_length=64, required=False)
    name = forms.CharField(label=_("Activity"), max_length=300, required=False)
    duration = forms.IntegerField(label=_("Duration, working days"), min_value=0, required=False)
    interval = forms.ChoiceField(label=_("Interval"), required=False)
    gate = forms.ChoiceField(label=_("Gate"), required=False)
    planned_start = forms.DateField(label=_("Planned start"), required=False, widget=DAY)
    planned_finish = forms.DateField(label=_("Planned finish"), required=False, widget=DAY)
    after = forms.CharField(label=_("Waits for"), max_length=500, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        fields: dict[str, Any] = self.fields
        for name in ("interval", "gate"):
            fields[name].choices = [("", "–"), *choices_of(ACTIVITIES[name])]

    def clean(self) -> dict[str, Any]:
        """Ask for the duration of what has a code, and the code of what has anything."""
        given = dict(super().clean() or self.cleaned_data)
        if given.get("code") and given.get("duration") is None and "duration" not in self.errors:
            self.add_error("duration", gettext("Write how many working days it takes."))
        if not given.get("code") and any(given.get(name) for name in ("name", "duration", "after")):
            self.add_error("code", gettext("Give it a code."))
        return given
