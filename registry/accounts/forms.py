"""Forms of sign-in, passwords, consent, roles and clients of the API."""

from typing import Any

from allauth.account import forms as allauth_forms
from django import forms

from registry.accounts.models import ConsentReach, User
from registry.accounts.places import Place
from registry.accounts.roles import RIGHTS, Role
from registry.organisations.models import Organisation

NEW_PASSWORD_HINT = "Use at least 12 characters. Three random words make a good password."  # noqa: S105 (a hint)
EMAIL_INVALID = "Enter an e-mail address in the correct format, like name@example.nhs.uk."
EMAIL_MESSAGES = {"required": "Enter your e-mail address.", "invalid": EMAIL_INVALID}


def _email(field: forms.Field) -> None:
    field.label = "E-mail address"
    field.widget.attrs = {"autocomplete": "username", "spellcheck": "false"}
    field.error_messages |= EMAIL_MESSAGES


def _password(field: forms.Field, label: str, hint: str = "") -> None:
    field.label, field.help_text = label, hint
    field.widget.attrs.pop("placeholder", None)
    field.error_messages["required"] = f"Enter your {label.lower()}."


class LoginForm(allauth_forms.LoginForm):
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _email(self.fields["login"])
        _password(self.fields["password"], "Password")


class ResetPasswordForm(allauth_forms.ResetPasswordForm):
    """Where to send the link; the answer is the same whether or not there is an account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _email(self.fields["email"])

    def clean_email(self) -> str:
        email = super().clean_email()
        self.users: list = [user for user in self.users if not user.is_client]
        return email


class ResetPasswordKeyForm(allauth_forms.ResetPasswordKeyForm):
    """One new password: it can be shown, so it need not be typed twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _password(self.fields["password1"], "New password", NEW_PASSWORD_HINT)


class ChangePasswordForm(allauth_forms.ChangePasswordForm):
    """The current password and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        _password(self.fields["oldpassword"], "Current password")
        _password(self.fields["password1"], "New password", NEW_PASSWORD_HINT)


class ConsentForm(forms.Form):
    """How far somebody wants to be considered for board posts."""

    reach = forms.ChoiceField(
        label="Where do you want to be considered for board posts?",
        choices=ConsentReach.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose where you want to be considered."},
    )


class MessagesForm(forms.ModelForm):
    """How messages come, and whether those come by e-mail that the law does not ask for."""

    digest = forms.TypedChoiceField(
        label="When several things are due on one day",
        choices=[("False", "Send an e-mail about each"), ("True", "Send one e-mail about all of them")],
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how e-mails come."},
    )
    optional_mail = forms.TypedChoiceField(
        label="Reminders of what neither the law nor a regulator asks for",
        help_text="For example an appraisal that is your organisation's own policy.",
        choices=[("True", "Send them by e-mail as well"), ("False", "Only show them in the registry")],
        coerce=lambda value: value == "True",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether these come by e-mail."},
    )

    class Meta:
        model = User
        fields = ("digest", "optional_mail")


class GrantForm(forms.Form):
    """Which role, for whom, where; offers only what the granter may give."""

    email = forms.EmailField(
        label="E-mail address",
        max_length=254,
        help_text="If they have no account yet, we open one and e-mail them a link to set a password.",
        error_messages={"required": "Enter their e-mail address.", "invalid": EMAIL_INVALID},
        widget=forms.EmailInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label="Full name",
        max_length=200,
        help_text="Used only where we open an account.",
        error_messages={"required": "Enter their name."},
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(label="Role", widget=forms.RadioSelect, error_messages={"required": "Choose a role."})
    place = forms.ChoiceField(label="Where", error_messages={"required": "Choose where the role holds."})

    def __init__(self, *args: Any, roles: list[Role], places: list[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, f"{role.label}: {RIGHTS[role].means[0].lower()}{RIGHTS[role].means[1:]}") for role in roles
        ]
        choices = [(place.key, place.name) for place in places]
        # One place needs no choice, several must not be chosen by accident.
        self.fields["place"].choices = choices if len(choices) == 1 else [("", "Choose a place"), *choices]  # type: ignore[attr-defined]
        self._places = {place.key: place for place in places}

    def clean_place(self) -> Place:
        return self._places[self.cleaned_data["place"]]

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class ClientForm(forms.Form):
    """A new client of the API, and the organisations whose shortlists it may pull."""

    name = forms.CharField(
        label="Name of the client",
        max_length=100,
        help_text="The program and who runs it, for example Northshire talent dashboard.",
        error_messages={"required": "Enter a name for the client."},
    )
    organisations = forms.ModelMultipleChoiceField(
        label="Organisations whose published shortlists it may pull",
        queryset=Organisation.rows(),
        to_field_name="ods_code",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one organisation.", "invalid_choice": "Choose from the list."},
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisations"].queryset = organisations  # type: ignore[attr-defined]
