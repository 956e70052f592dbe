"""The form a staff file comes in through."""

from typing import Any

from django import forms

from registry.accounts.models import User
from registry.clinicians.fields import Sector
from registry.kernel.clock import today
from registry.kernel.permissions import Permission
from registry.organisations.models import Organisation


class UploadForm(forms.Form):
    """A file, for which organisation, and the sector of people whose row names none."""

    organisation = forms.ModelChoiceField(
        Organisation.rows().none(),
        label="Organisation",
        empty_label="Choose an organisation",
        error_messages={"required": "Choose the organisation.", "invalid_choice": "Choose one of your organisations."},
    )
    file = forms.FileField(
        label="Staff file",
        help_text="CSV (UTF-8) or XLSX, up to 10 MB and 50,000 rows.",
        allow_empty_file=True,
        error_messages={"required": "Choose the file.", "invalid": "Choose the file."},
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
    )
    sector = forms.ChoiceField(
        label="Sector",
        help_text="For people whose row names no sector.",
        choices=[("", "Choose a sector"), *Sector.choices],
        error_messages={"required": "Choose the sector."},
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = user.scope_for(Permission.PEOPLE_IMPORT)
        reach = Organisation.rows().english_trusts().open_on(today())
        if not scope.everything:
            reach = reach.filter(pk__in=scope.organisation_ids)
        field = self.fields["organisation"]
        field.queryset = reach  # type: ignore[attr-defined]
        only = list(reach[:2])
        if len(only) == 1:
            field.initial, field.widget = only[0].pk, forms.HiddenInput()
            field.widget.choices = field.choices  # type: ignore[attr-defined]
            self.only_organisation = only[0]
