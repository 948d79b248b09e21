"""Forms of sign-in, of one's own account and of the officers: they check shapes, actions check rules."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.contrib.auth.forms import SetPasswordForm
from django.utils.translation import gettext_lazy as _

from backcast.web.accounts.models import Grant, Scope
from backcast.web.accounts.places import organisations, regions
from backcast.web.core.refusals import Invalid
from backcast.web.core.roles import BUSINESS, OFFICERS, Role


def tell(form: forms.BaseForm, refused: Invalid) -> None:
    """Put each fault at its field, or above the form where it has none."""
    for fault in refused.faults:
        form.add_error(fault.field if fault.field in form.fields else None, fault.message)


class SignIn(LoginForm):  # type: ignore[misc]
    """Name and password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, label in (("login", _("Sign-in name")), ("password", _("Password"))):
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs.pop("placeholder", None)
        self.fields["login"].widget.attrs.update(autocapitalize="none", spellcheck="false")
        if not settings.ENVIRONMENT.demo:  # there the cast comes first
            self.fields["login"].widget.attrs["autofocus"] = True


def _as_code(field: forms.Field) -> None:
    field.label = _("Code")
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(autofocus=True, inputmode="numeric", maxlength=12)


class Code(AuthenticateForm):  # type: ignore[misc]
    """The code of an authenticator app, or a recovery code."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _as_code(self.fields["code"])


class CodeAgain(ReauthenticateForm):  # type: ignore[misc]
    """The same, asked again before something sensitive."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _as_code(self.fields["code"])


class FirstCode(ActivateTOTPForm):  # type: ignore[misc]
    """The code by which a new authenticator app shows that it has the key."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _as_code(self.fields["code"])


class NewPassword(SetPasswordForm):  # type: ignore[type-arg]
    """A new password, twice, by a link."""


class ChangePassword(NewPassword):
    """A new password, by somebody who knows the old one."""

    old_password = forms.CharField(
        label=_("Current password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    field_order = ("old_password", "new_password1", "new_password2")

    def clean_old_password(self) -> str:
        """Compare with the password in force."""
        given: str = self.cleaned_data["old_password"]
        if not self.user.check_password(given):
            raise forms.ValidationError(_("This is not your current password."))
        return given


class UserForm(forms.Form):
    """How a user signs in and is called."""

    username = forms.CharField(label=_("Sign-in name"), max_length=64, help_text=_("Small letters and digits."))
    name = forms.CharField(
        label=_("Full name"), max_length=128, help_text=_("The person's own name: no shared accounts.")
    )

    def clean_username(self) -> str:
        """Write sign-in names in small letters."""
        return str(self.cleaned_data["username"]).lower()


class TokenForm(forms.Form):
    """What a token is for, and how long it may do what."""

    name = forms.CharField(label=_("What for"), max_length=64)
    scope = forms.ChoiceField(label=_("May do"), choices=Scope.choices, initial=Scope.READ)
    days = forms.TypedChoiceField(
        label=_("For"),
        coerce=int,
        initial=90,
        choices=[(7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (365, _("one year"))],
    )


class GrantForm(forms.ModelForm):  # type: ignore[type-arg]
    """A role, a place and a time."""

    class Meta:
        """Dates as a browser picks them."""

        model = Grant
        fields = ("role", "region_path", "organisation", "starts", "ends")
        widgets: ClassVar = {
            "region_path": forms.TextInput(attrs={"list": "regions", "placeholder": "/140000/140200/"}),
            "organisation": forms.TextInput(attrs={"list": "organisations"}),
            "starts": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        groups = ((_("Business"), BUSINESS), (_("Officers"), OFFICERS))
        choices = [(label, [(role.value, role.label) for role in Role if role in roles]) for label, roles in groups]
        self.fields["role"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]
        self.fields["organisation"].help_text = _("Code of the organisation whose projects are in reach.")
        self.regions, self.organisations = regions(), organisations()

    def _post_clean(self) -> None:
        """Leave the rules to the action, which tells all of them at once."""
