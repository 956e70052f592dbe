"""Writes the demonstration's people who are matched with each other, through the actions."""

from datetime import timedelta

from mentoring.actions import agreeing, answering
from mentoring.actions.agreeing import Terms
from mentoring.fields import Kind, RequestState
from mentoring.forms import domains_to_choose
from mentoring.models import Goal, MentoringRequest, MentorProfile, Relationship
from mentoring.terms import Frequency, Medium
from registry.accounts.models import User
from registry.clinicians.models import Clinician
from registry.competency.models import Element
from registry.kernel.clock import today

GOALS = (
    "Hold the budget of the ward for three months, with the finance partner beside me.",
    "Chair a meeting in which not everybody agrees, and ask afterwards how it was.",
)


def write(hero: Clinician, users: dict[str, User]) -> None:
    """The hero has a mentor, with an agreement and two goals; a colleague who looks for a coach is proposed to them."""
    clinician, mentor = users["clinician@ashdale.example"], users["mentor@ashdale.example"]
    profile = MentorProfile.objects.get(user=mentor)
    pair = _proposed(profile, MentoringRequest.objects.get(clinician=hero, kind=Kind.MENTOR))
    for person in (clinician, mentor):
        answering.accept(relationship=pair, by=person)
    terms = Terms(
        aims="That I can lead a service with its money, and do not shy away from it.",
        frequency=Frequency.MONTH,
        medium=Medium.MIXED,
        ground_rules="Whoever cannot come says so the day before. We say so when something does not help.",
        ends_on=today() + timedelta(days=180),
    )
    agreement = agreeing.write(relationship=pair, terms=terms, accepted=True, by=mentor)
    agreeing.agree(relationship=pair, accepted=True, by=clinician, seen=agreeing.mark_of(agreement))
    elements = Element.objects.filter(domain__in=domains_to_choose()).order_by("domain__position", "position")
    for text, element in zip(GOALS, elements[6:], strict=False):
        agreeing.set_goal(goal=Goal(relationship=pair), text=text, element=element, by=clinician)
    coachee = MentoringRequest.objects.filter(kind=Kind.COACH).exclude(clinician=hero).first()
    if coachee is not None:
        _proposed(profile, coachee)


def _proposed(profile: MentorProfile, wanted: MentoringRequest) -> Relationship:
    """As a round of matching proposes them."""
    wanted.state = RequestState.PROPOSED
    wanted.save(update_fields=["state"])
    return Relationship.objects.create(
        mentor=profile,
        clinician=wanted.clinician,
        wanted=wanted,
        kind=wanted.kind,
        answer_by=today() + timedelta(days=14),
        reasons={"need": 40, "near": 5},
    )
