"""Writes the demonstration's mentors and those who look for one, through the actions."""

from collections.abc import Sequence
from datetime import timedelta

from mentoring.actions import register
from mentoring.fields import Kind, Language, Meeting, Mix
from mentoring.forms import domains_to_choose
from mentoring.models import MentoringRequest, MentorProfile
from registry.accounts.models import User
from registry.clinicians.models import Clinician
from registry.kernel.clock import today

OFFERS = (
    ([Kind.MENTOR, Kind.COACH], "Twenty years of wards and of being the only one in the room.", (0, 1, 2), 3),
    ([Kind.MENTOR, Kind.SPONSOR], "I sat on two boards and know how posts are filled.", (4, 5), 2),
    ([Kind.BUSINESS], "I built a company beside my clinic, and closed another.", (2,), 1),
)
LOOKED_FOR = (
    (Kind.MENTOR, "I want to lead a service and have never held a budget.", (1, 2)),
    (Kind.COACH, "I avoid hard conversations, and want to stop.", (0,)),
    (Kind.REVERSE, "I want to hear what new starters see and do not say.", (1, 4)),
    (Kind.MENTOR, "I return after two years away and want to find my feet.", (0, 3, 5)),
)


def write(hero: Clinician, others: Sequence[Clinician], users: dict[str, User]) -> None:
    """The mentor of the demonstration and some of the hero's colleagues offer; the hero and others look."""
    domains = list(domains_to_choose())
    mentor = users["mentor@ashdale.example"]
    colleagues = [(person, person.user) for person in others if person.user is not None]
    mentors = [mentor, *(user for _, user in colleagues[: len(OFFERS) - 1])]
    for user, (kinds, about, strengths, capacity) in zip(mentors, OFFERS, strict=False):
        profile = MentorProfile(
            user=user,
            kinds=kinds,
            about=about,
            capacity=capacity,
            languages=[Language.WELSH] if user == mentor else [],
            trained_on=today() - timedelta(days=400),
        )
        register.offer(profile=profile, strengths=[domains[key] for key in strengths], by=user)
    seekers = [(hero, users["clinician@ashdale.example"]), *colleagues[len(OFFERS) :]]
    for (person, user), (kind, aim, needs) in zip(seekers, LOOKED_FOR, strict=False):
        wanted = MentoringRequest(clinician=person, kind=kind, aim=aim, mix=Mix.ANY, meeting=Meeting.EITHER)
        register.look(wanted=wanted, needs=[domains[key] for key in needs], by=user)
