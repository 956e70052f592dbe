"""Writes the demonstration's clinicians, with accounts, posts, roles held and consents, in sets."""

import datetime
import random
from collections.abc import Sequence

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from registry.accounts.models import Consent, ConsentReach, RoleGrant, User
from registry.accounts.roles import Level, Role
from registry.clinicians.fields import Aspiration, RegistrationStatus, VerificationMethod
from registry.clinicians.models import Clinician, LeadershipRole, Post, Qualification, Registration
from registry.organisations.models import Organisation
from registry.transfers.demo.cast import SEED, DemoPerson

APPRAISERS_A_TRUST = 8


def write(
    cast: Sequence[DemoPerson], trusts: dict[str, Organisation], sign_ins: dict[str, User], day: datetime.date
) -> dict[int, Clinician]:
    """Everybody of the cast, by their number; the clinician who signs in takes the place of one of them."""
    draw = random.Random(SEED)  # noqa: S311
    hero = hero_of(cast)
    users = _users(cast, trusts, hero, sign_ins["clinician@ashdale.example"])
    people = {
        person.number: Clinician(
            user=users[person.number],
            organisation=trusts[person.trust.code],
            staff_number=person.staff_number,
            given_name=person.given_name,
            family_name=person.family_name,
            email=users[person.number].email,
            profession=person.profession,
            sector=person.sector,
            department=person.department,
            career_stage=person.stage,
            aspirations=list(person.aspirations),
            readiness=person.readiness,
            mobility=person.mobility,
        )
        for person in cast
    }
    people[hero.number].given_name, people[hero.number].family_name = "Chidi", "Nwosu"
    Clinician.objects.bulk_create(people.values())
    _write_what_belongs_to_them(cast, people, day, draw, verified_by=sign_ins["hr@ashdale.example"])
    _write_relations(cast, people, trusts, sign_ins, hero)
    _write_consents(cast, people, draw, hero)
    return people


def hero_of(cast: Sequence[DemoPerson]) -> DemoPerson:
    """Whom the demonstration's clinician is: a nurse of the first trust, well on her way."""
    return min(
        (person for person in cast if person.trust.code == "ZD1"),
        key=lambda person: (person.profession != "nurse", abs(person.seniority - 0.7), person.number),
    )


def _users(
    cast: Sequence[DemoPerson], trusts: dict[str, Organisation], hero: DemoPerson, account: User
) -> dict[int, User]:
    users = {
        person.number: account
        if person is hero
        else User(
            email=person.email,
            name=f"{person.given_name} {person.family_name}",
            password=make_password(None),
        )
        for person in cast
    }
    new = [user for user in users.values() if user is not account]
    User.objects.bulk_create(new)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, primary=True, verified=True) for user in new
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(
            user=users[person.number],
            role=Role.CLINICIAN,
            level=Level.ORGANISATION,
            organisation=trusts[person.trust.code],
        )
        for person in cast
        if person is not hero
    )
    return users


def _write_what_belongs_to_them(
    cast: Sequence[DemoPerson],
    people: dict[int, Clinician],
    day: datetime.date,
    draw: random.Random,
    *,
    verified_by: User,
) -> None:
    noon = datetime.datetime.combine(day, datetime.time(12), datetime.UTC)
    statuses = [RegistrationStatus.REGISTERED, RegistrationStatus.CONDITIONS, RegistrationStatus.LAPSED]
    registrations = []
    for person in cast:
        verified = draw.random() < 0.8
        registrations.append(
            Registration(
                clinician=people[person.number],
                register=person.register,
                number=person.registration_number,
                status=draw.choices(statuses, [96, 2, 2])[0],
                verified_at=noon - datetime.timedelta(days=draw.randint(1, 400)) if verified else None,
                verified_by=verified_by if verified else None,
                method=VerificationMethod.ONLINE_REGISTER if verified else "",
            )
        )
    Registration.objects.bulk_create(registrations)
    Post.objects.bulk_create(
        Post(
            clinician=people[person.number],
            organisation=people[person.number].organisation,
            title=person.title,
            band=person.band,
            started_on=person.started_on,
        )
        for person in cast
    )
    LeadershipRole.objects.bulk_create(
        LeadershipRole(
            clinician=people[person.number],
            title=title,
            nature=nature,
            started_on=start,
            ended_on=end,
            protected_sessions=sessions,
        )
        for person in cast
        for title, nature, start, end, sessions in person.leadership
    )
    Qualification.objects.bulk_create(
        Qualification(clinician=people[person.number], kind=kind, title=title, awarded_by="A university", year=year)
        for person in cast
        for kind, title, year in person.qualifications
    )


def _write_relations(
    cast: Sequence[DemoPerson],
    people: dict[int, Clinician],
    trusts: dict[str, Organisation],
    sign_ins: dict[str, User],
    hero: DemoPerson,
) -> None:
    """The most senior appraise and manage; whoever is senior is nobody's own appraiser or manager."""
    for code, trust in trusts.items():
        staff = sorted((p for p in cast if p.trust.code == code), key=lambda p: (-p.seniority, p.number))
        seniors = [p for p in staff if p is not hero][:APPRAISERS_A_TRUST]
        appraisers = [people[p.number].user for p in seniors]
        if code == "ZD1":
            appraisers[0] = sign_ins["appraiser@ashdale.example"]
        RoleGrant.objects.bulk_create(
            RoleGrant(user=user, role=Role.APPRAISER, level=Level.ORGANISATION, organisation=trust)
            for user in appraisers
            if user != sign_ins["appraiser@ashdale.example"]
        )
        for place, person in enumerate(staff):
            clinician = people[person.number]
            clinician.appraiser = appraisers[place % len(appraisers)]
            if clinician.appraiser == clinician.user:
                clinician.appraiser = appraisers[(place + 1) % len(appraisers)]
            if person not in seniors:
                clinician.line_manager = people[seniors[place % len(seniors)].number]
    people[hero.number].appraiser = sign_ins["appraiser@ashdale.example"]
    Clinician.objects.bulk_update(people.values(), ["appraiser", "line_manager"], batch_size=500)


def _write_consents(
    cast: Sequence[DemoPerson], people: dict[int, Clinician], draw: random.Random, hero: DemoPerson
) -> None:
    reaches = list(ConsentReach)
    Consent.objects.bulk_create(
        Consent(user=people[person.number].user, reach=draw.choices(reaches, [4, 4, 3])[0])
        for person in cast
        if person is not hero and (Aspiration.BOARD in person.aspirations or draw.random() < person.seniority / 3)
    )
