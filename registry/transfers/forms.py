"""The forms files come in through."""

from typing import Any

from django import forms

from registry.accounts.models import User
from registry.clinicians.fields import Sector
from registry.competency.models import HistoryKind
from registry.kernel.clock import today
from registry.kernel.permissions import Permission
from registry.nhsuk.widgets import HintedRadios
from registry.organisations.models import Organisation


class FileForm(forms.Form):
    """A file, and for which of the organisations one imports for."""

    organisation = forms.ModelChoiceField(
        Organisation.rows().none(),
        label="Organisation",
        empty_label="Choose an organisation",
        error_messages={"required": "Choose the organisation.", "invalid_choice": "Choose one of your organisations."},
    )
    file = forms.FileField(
        label="File",
        help_text="CSV (UTF-8) or XLSX, up to 10 MB and 50,000 rows.",
        allow_empty_file=True,
        error_messages={"required": "Choose the file.", "invalid": "Choose the file."},
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
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


class UploadForm(FileForm):
    """A staff file, and the sector of people whose row names none."""

    sector = forms.ChoiceField(
        label="Sector",
        help_text="For people whose row names no sector.",
        choices=[("", "Choose a sector"), *Sector.choices],
        error_messages={"required": "Choose the sector."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].label = "Staff file"


class HistoryForm(FileForm):
    """A file of old results, and what it holds."""

    kind = forms.ChoiceField(
        label="What does the file hold?",
        choices=HistoryKind.choices,
        widget=HintedRadios,
        error_messages={"required": "Choose what the file holds.", "invalid_choice": "Choose one of the two."},
    )
    field_order = ("organisation", "kind", "file")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        widget: Any = self.fields["kind"].widget
        widget.hints = {
            HistoryKind.LQF_360.value: "Levels of the Leadership Qualities Framework’s 360-degree feedback, from 2002.",
            HistoryKind.EXTERNAL.value: "Levels in any framework, with the instrument and who provided it.",
        }
