"""Writes a matching round of the demonstration that is matched and waits to be looked at and published."""

from collections.abc import Sequence

from mentoring.actions import register, rounds, solving
from mentoring.fields import Kind, Meeting, Mix
from mentoring.forms import domains_to_choose
from mentoring.models import MentoringRequest, MentorProfile
from registry.accounts.models import User
from registry.clinicians.models import Clinician
from registry.kernel.permissions import Permission as P

# Whoever is named by the demonstration's other mentoring comes before these.
FIRST = 12
OFFERS = (
    ([Kind.MENTOR], "I changed profession at forty and can say what it costs.", (1, 2), 2, Mix.ANY),
    ([Kind.MENTOR, Kind.COACH], "I run improvement work across three sites.", (2, 3), 1, Mix.SAME),
    ([Kind.COACH], "I listen more than I talk.", (0, 1), 2, Mix.ANY),
    ([Kind.MENTOR], "I led a merger of two wards.", (3, 4), 1, Mix.OTHER),
)
LOOKED_FOR = (
    (Kind.MENTOR, (1, 2), Mix.ANY),
    (Kind.MENTOR, (2, 3), Mix.SAME),
    (Kind.COACH, (0,), Mix.ANY),
    (Kind.MENTOR, (3, 4), Mix.OTHER),
    (Kind.MENTOR, (0, 4), Mix.ANY),
    (Kind.COACH, (1,), Mix.SAME),
    (Kind.MENTOR, (2,), Mix.ANY),
    (Kind.MENTOR, (1, 4), Mix.ANY),
    (Kind.COACH, (0, 2), Mix.ANY),
    (Kind.SPONSOR, (4,), Mix.ANY),
)


def write(others: Sequence[Clinician], users: dict[str, User]) -> None:
    """Some colleagues offer and others look; the programme lead opens a round, and it is matched here and now."""
    lead, domains = users["programmes@ashdale.example"], list(domains_to_choose())
    people = [(person, person.user) for person in others[FIRST:] if person.user is not None]
    for (_, user), (kinds, about, strengths, capacity, mix) in zip(people, OFFERS, strict=False):
        profile = MentorProfile(user=user, kinds=kinds, about=about, capacity=capacity, mix=mix)
        register.offer(profile=profile, strengths=[domains[key] for key in strengths], by=user)
    for (person, user), (kind, needs, mix) in zip(people[len(OFFERS) :], LOOKED_FOR, strict=False):
        wanted = MentoringRequest(
            clinician=person, kind=kind, aim="I want to grow as a leader.", mix=mix, meeting=Meeting.EITHER
        )
        register.look(wanted=wanted, needs=[domains[key] for key in needs], by=user)
    opened = rounds.open_round(
        name="Autumn round",
        organisation_ids=lead.scope_for(P.MENTORING_MANAGE).organisation_ids,
        kinds=[Kind.MENTOR, Kind.COACH, Kind.SPONSOR],
        by=lead,
    )
    version = rounds.ask_version(round=opened, by=lead)
    solving.solve(version_id=version.pk)
