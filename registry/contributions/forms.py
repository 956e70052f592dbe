"""The forms of changes, ventures, declarations and opportunities; the actions decide again what they may hold."""

import datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator

from registry.accounts.models import User
from registry.clinicians.fields import CareerStage, Profession
from registry.clinicians.forms import PLAIN, WrittenByAction, choose
from registry.contributions.models import Funding, Opportunity, Partner, ServiceChange, Venture
from registry.contributions.models.changes import PROSE_LENGTH
from registry.contributions.models.opportunities import LINK_LENGTH
from registry.contributions.models.ventures import FIRST_YEAR, LAST_YEAR, MOST_POUNDS, REASON_LENGTH
from registry.contributions.states import TRANSITIONS, Stage
from registry.kernel.permissions import Permission
from registry.nhsuk.widgets import DateField, ProseField
from registry.organisations.models import Organisation

NO_PATIENTS = "Do not name patients, or write anything that could tell who they are."
CHOOSE = {"required": "Choose one of the answers shown.", "invalid_choice": "Choose one of the answers shown."}
YEARS = [
    MinValueValidator(datetime.date(2000, 1, 1), "The year must be 2000 or later."),
    MaxValueValidator(datetime.date(2099, 12, 31), "The year must be 2099 or earlier."),
]


class ChangeForm(WrittenByAction):
    """An idea put into practice."""

    what_changed = ProseField(
        label="What is different now?",
        help_text=NO_PATIENTS,
        max_length=PROSE_LENGTH,
        error_messages={"required": "Say what is different now."},
    )
    started_on = DateField(label="Since when?", error_messages={"required": "Enter the day it began."})
    evidence = ProseField(
        label="What came of it?",
        help_text="In your own words: what you measured, or what people noticed. Say so too if it did not work.",
        required=False,
        max_length=PROSE_LENGTH,
    )

    class Meta:
        model = ServiceChange
        fields = [
            "title",
            "what_changed",
            "for_whom",
            "role_played",
            "organisation",
            "started_on",
            "status",
            "evidence",
            "programme",
        ]
        labels = {
            "for_whom": "For whom?",
            "role_played": "What was your part in it?",
            "organisation": "At which organisation?",
            "status": "How far is it?",
            "programme": "Did it come from a programme?",
        }
        help_texts = {
            "title": "A few words, like: walking rounds with social care",
            "for_whom": "For example, people who go home from a medical ward",
            "role_played": "For example, I had the idea and led the trial on two wards",
            "programme": "The name of the course, fellowship or project, if there was one",
        }
        widgets = {"status": forms.RadioSelect}
        error_messages = {
            "title": {"required": "Enter a short name."},
            "for_whom": {"required": "Say for whom it is different."},
            "role_played": {"required": "Say what your part was."},
            "organisation": choose("an organisation"),
            "status": choose("how far it is"),
        }


class VentureForm(WrittenByAction):
    """What a venture is for and how it works; the stage only of a new one."""

    problem = ProseField(
        label="Which problem does it solve, and for whom?",
        help_text=NO_PATIENTS,
        max_length=PROSE_LENGTH,
        error_messages={"required": "Say which problem it solves."},
    )
    business_model = ProseField(
        label="How does it work, and who pays for it?",
        max_length=PROSE_LENGTH,
        error_messages={"required": "Say how it works."},
    )

    class Meta:
        model = Venture
        fields = ["title", "problem", "business_model", "stage"]
        labels = {"title": "What is it called?", "stage": "How far is it?"}
        widgets = {"stage": forms.RadioSelect}
        error_messages = {"title": {"required": "Enter its name."}, "stage": choose("how far it is")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["stage"]


class MoveForm(forms.Form):
    """How far a venture is now."""

    to = forms.ChoiceField(label="How far is it now?", widget=forms.RadioSelect, error_messages=CHOOSE)
    reason = ProseField(
        label="What happened?",
        help_text="Needed if it ends. If it ends, nothing about it can be changed afterwards.",
        required=False,
        max_length=REASON_LENGTH,
    )

    def __init__(self, *args: Any, venture: Venture, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        following = TRANSITIONS[Stage(venture.stage)]
        field: Any = self.fields["to"]
        field.choices = [(stage.value, stage.label) for stage in Stage if stage in following]


class PoundsField(forms.IntegerField):
    """Whole pounds, with or without the sign and commas that people write."""

    def to_python(self, value: Any) -> int | None:
        return super().to_python(str(value or "").replace("£", "").replace(",", "").strip())


class FundingForm(WrittenByAction):
    """Money received or promised."""

    amount = PoundsField(
        label="How much, in whole pounds?",
        min_value=1,
        max_value=MOST_POUNDS,
        widget=forms.TextInput(attrs={"width": 10, "inputmode": "numeric"}),
        error_messages={
            "required": "Enter the amount in whole pounds.",
            "invalid": "Enter whole pounds, like 25,000.",
            "min_value": "The amount must be £1 or more.",
            "max_value": f"The amount must be £{MOST_POUNDS:,} or less.",
        },
    )
    year = forms.IntegerField(
        label="In which year?",
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        widget=forms.TextInput(attrs={"width": 4, "inputmode": "numeric"}),
        error_messages={
            "required": "Enter the year.",
            "invalid": "Enter a year, like 2026.",
            "min_value": f"The year must be {FIRST_YEAR} or later.",
            "max_value": "Enter the year.",
        },
    )

    class Meta:
        model = Funding
        fields = ["source", "amount", "year"]
        labels = {"source": "Who gave it, or promised it?"}
        error_messages = {"source": {"required": "Say who gave it."}}


class PartnerForm(WrittenByAction):
    """Whom the venture works with."""

    class Meta:
        model = Partner
        fields = ["name", "kind"]
        labels = {"name": "What is the partner called?", "kind": "What kind of partner is it?"}
        widgets = {"kind": forms.RadioSelect}
        error_messages = {"name": {"required": "Enter the partner’s name."}, "kind": choose("the kind of partner")}


class DeclarationForm(forms.Form):
    """One's interests in a venture."""

    text = ProseField(
        label="What are your interests in it?",
        help_text=(
            "Shares, pay, family, patents, or that your employer might buy from it. Say too what you do about them. "
            "If you have none, say so."
        ),
        rows=8,
        max_length=PROSE_LENGTH,
        error_messages={"required": "Say what your interests are, or that you have none."},
    )


class DecisionForm(forms.Form):
    """Whether a venture is cleared, and why."""

    decision = forms.ChoiceField(
        label="Is there anything that speaks against this venture?",
        choices=[("clear", "No, I clear it"), ("refuse", "Yes, I do not clear it")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether you clear it.", "invalid_choice": "Choose whether you clear it."},
    )
    reason = ProseField(
        label="Why?",
        help_text="The person reads this. Say on what terms you clear it, or what would have to change.",
        max_length=REASON_LENGTH,
        error_messages={"required": "Enter the reason. The person reads it."},
    )


class OpportunityForm(WrittenByAction):
    """What is offered, when, to whom and where to apply."""

    keeper = forms.ModelChoiceField(
        queryset=Organisation.rows(),
        label="Which organisation keeps it?",
        help_text="Its programme leads can change it. Everybody in England sees it.",
        empty_label="Choose an organisation",
        error_messages=choose("an organisation"),
    )
    gives = ProseField(
        label="What does it give?",
        help_text="Money, time, a place, advice: in plain words",
        max_length=PROSE_LENGTH,
        error_messages={"required": "Say what it gives."},
    )
    opens_on = DateField(
        label="When does it open?", validators=YEARS, error_messages={"required": "Enter the day it opens."}
    )
    closes_on = DateField(
        label="What is the last day to apply?", validators=YEARS, error_messages={"required": "Enter the last day."}
    )
    professions = forms.MultipleChoiceField(
        choices=Profession.choices,
        label="Which professions can apply?",
        help_text="Choose none if every profession can.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    career_stages = forms.MultipleChoiceField(
        choices=CareerStage.choices,
        label="At which career stages?",
        help_text="Choose none if it does not matter.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    link = forms.CharField(
        label="Link to apply, or to read more",
        help_text="It must begin with https://",
        max_length=LINK_LENGTH,
        validators=[URLValidator(schemes=["https"], message="Enter a whole address that begins with https://")],
        widget=forms.TextInput(attrs=PLAIN),
        error_messages={"required": "Enter the link."},
    )

    class Meta:
        model = Opportunity
        fields = [
            "keeper",
            "title",
            "kind",
            "offered_by",
            "gives",
            "opens_on",
            "closes_on",
            "professions",
            "career_stages",
            "needs_cleared_venture",
            "link",
        ]
        labels = {
            "title": "What is it called?",
            "kind": "What kind of opportunity is it?",
            "offered_by": "Who offers it?",
            "needs_cleared_venture": "Only for people with a venture that their employer has cleared",
        }
        widgets = {"kind": forms.RadioSelect}
        error_messages = {
            "title": {"required": "Enter what it is called."},
            "kind": choose("the kind of opportunity"),
            "offered_by": {"required": "Say who offers it."},
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        scope = by.scope_for(Permission.OPPORTUNITY_MANAGE)
        keeper: Any = self.fields["keeper"]
        if scope.everything or len(scope.organisation_ids) == 1:
            # Whoever keeps them for all of England adds national ones; of one organisation there is no choice.
            if self.instance.pk is None and not scope.everything:
                self.instance.keeper_id = next(iter(scope.organisation_ids))
            del self.fields["keeper"]
        else:
            keeper.queryset = Organisation.rows().filter(pk__in=scope.organisation_ids)
