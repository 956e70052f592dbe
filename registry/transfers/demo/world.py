"""Puts the demonstration together, in one transaction: all of it, or nothing."""

import datetime

from django.db import transaction

from registry.accounts.models import User
from registry.kernel.clock import today
from registry.kernel.constraints import foreign_keys_checked_at_once
from registry.organisations.actions import import_organisations
from registry.organisations.models import Organisation
from registry.organisations.ods import TrustRow
from registry.standing.actions import refresh
from registry.transfers.demo import (
    accounts,
    appraisals,
    assessments,
    cast,
    contributions,
    development,
    equality,
    feedback,
    history,
    mentoring,
    mentoring_rounds,
    pairs,
    programmes,
    programmes_applying,
    programmes_outcomes,
    programmes_selecting,
    programmes_taking_part,
    staff,
    vacancies,
)

# The day the demonstration was drawn: fixed, so that it is the same wherever and whenever it is loaded.
DAY = datetime.date(2026, 11, 2)


def is_empty() -> bool:
    """Whether nobody has an account yet."""
    return not User.objects.exists()


@transaction.atomic
def load(size: int) -> int:
    """Write the demonstration with `size` clinicians into an empty registry; answers how many there are."""
    rows = [
        TrustRow(
            line=line,
            code=trust.code,
            name=trust.name,
            welsh=False,
            region=trust.region,
            board=None,
            address="1 Infirmary Road",
            postcode="",
            phone="",
            opened_on=datetime.date(2009, 4, 1),
            closed_on=None,
        )
        for line, trust in enumerate(cast.TRUSTS, start=1)
    ]
    with foreign_keys_checked_at_once():
        import_organisations(rows=rows, as_of=DAY)
        trusts = {trust.code: Organisation.rows().get(ods_code=trust.code) for trust in cast.TRUSTS}
        users = accounts.open_all(trusts)
        accounts.open_client(trusts["ZD1"])
        everybody = list(cast.people(size, DAY))
        people = staff.write(everybody, trusts, users, DAY)
        equality.write(everybody, people)
        assessments.write(everybody, people, DAY)
        hero = assessments.write_hero(everybody, people, DAY)
        programmes_outcomes.write(everybody, people, trusts, users, hero=hero, day=DAY)
        history.write(hero, users["hr@ashdale.example"])
        refresh([clinician.pk for clinician in people.values()])
        vacancies.write(trusts, users)
        others = [
            person for person in people.values() if person.organisation_id == hero.organisation_id and person != hero
        ]
        feedback.write(hero, others[:3], users["facilitator@ashdale.example"])
        development.write(hero)
        contributions.write(hero, others, users["hr@ashdale.example"])
        appraisals.write(everybody, people, users, hero, today())
        programmes.write(trusts, users, today())
        programmes_taking_part.write(hero, others, users, today())
        programmes_applying.write(hero, others, users, today())
        programmes_selecting.write(hero, others, users, today())
        mentoring.write(hero, others, users)
        pairs.write(hero, users)
        mentoring_rounds.write(others, users)
        pairs.write_others(others)
    return len(people)
