"""Matching rounds at each point of their way."""

from mentoring.actions import rounds, solving
from mentoring.models import MentoringRequest, MentorProfile, MentorStrength, RequestNeed, Round, RoundPair
from registry.accounts.models import RoleGrant, User
from registry.accounts.roles import Level, Role
from registry.clinicians.fields import Profession, Sector
from registry.clinicians.models import Clinician
from tests.factories import mentoring
from tests.factories.people import clinician_user


def opened(lead, *organisations, **attributes) -> Round:
    """A round for the people of these organisations, of every kind unless said otherwise."""
    values = {"name": "Spring round", "kinds": ["mentor", "coach", "reverse", "manager"], "answer_days": 14}
    keys = [one.pk for one in organisations]
    return rounds.open_round(organisation_ids=keys, by=lead, **values | attributes)


def asked(round_, lead, **changes):
    """A version that waits for a worker."""
    return rounds.ask_version(round=round_, changes=rounds.Changes(**changes), by=lead)


def matched(round_, lead, **changes):
    """A version, matched here and now."""
    version = asked(round_, lead, **changes)
    solving.solve(version_id=version.pk)
    version.refresh_from_db()
    round_.refresh_from_db()
    return version


def pairs(version) -> dict[int, int | None]:
    """Whom each request has in a version, by key."""
    return dict(RoundPair.objects.filter(version=version).values_list("wanted", "mentor"))


def at(organisation, lead):
    """A place's round, matched: two people look, one mentor has a place, and one is without."""
    mentoring.offering(clinician_user(organisation).user, capacity=1)
    mentoring.looking(clinician_user(organisation))
    return matched(opened(lead, organisation), lead)


def many(trust, *, mentees, mentors) -> None:
    """So many who look, and so many who offer one place each, in turn good at one domain and another; made in sets."""
    domains = mentoring.domains(2)
    asked = MentoringRequest.objects.bulk_create(
        MentoringRequest(clinician=person, kind="mentor", aim="To lead.")
        for person in _people(trust, "seeker", mentees)
    )
    RequestNeed.objects.bulk_create(RequestNeed(request=one, domain=domains[at % 2]) for at, one in enumerate(asked))
    offers = MentorProfile.objects.bulk_create(
        MentorProfile(user=person.user, kinds=["mentor"], capacity=1) for person in _people(trust, "mentor", mentors)
    )
    MentorStrength.objects.bulk_create(
        MentorStrength(mentor=one, domain=domains[at % 2]) for at, one in enumerate(offers)
    )


def _people(trust, name, number):
    users = User.objects.bulk_create(
        User(email=f"{name}{at}@trust.example", name=f"{name} {at}", password="!") for at in range(number)
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=Role.CLINICIAN, level=Level.ORGANISATION, organisation=trust) for user in users
    )
    return Clinician.objects.bulk_create(
        Clinician(
            organisation=trust,
            user=user,
            given_name=name,
            family_name=str(at),
            profession=list(Profession)[at % 7],
            sector=list(Sector)[at % 3],
            career_stage="experienced",
        )
        for at, user in enumerate(users)
    )
