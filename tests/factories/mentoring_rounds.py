"""Matching rounds at each point of their way."""

from mentoring.actions import rounds, solving
from mentoring.models import Round, RoundPair
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
