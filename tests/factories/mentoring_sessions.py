"""The session log of a pair, written through the actions."""

import datetime
from types import SimpleNamespace

from django.utils import timezone

from mentoring.actions import notes, sessions
from registry.kernel.clock import today
from tests.factories import mentoring, mentoring_relationships
from tests.factories.people import clinician_user

# What is sealed; looked for wherever it could leak.
PRIVATE = "I am thinking of leaving the trust in spring."
SHARED = "We agreed to speak with the ward sister first."
OWN = "They seem worn out; ask again about sleep."


def days_ago(days):
    return today() - datetime.timedelta(days=days)


def pair(profile, clinician, *, days=60, **attributes):
    """Two people who have been under way for so many days."""
    wanted = mentoring.looking(clinician)
    started_at = timezone.now() - datetime.timedelta(days=days)
    return mentoring_relationships.under_way(profile, wanted, started_at=started_at, **attributes)


def said(**changes):
    return {"held_on": today(), "minutes": 60, "medium": "video", "themes": ["career", "wellbeing"]} | changes


def logged(relationship, by=None, **changes):
    """A session, logged by the mentor unless said otherwise."""
    by = by or relationship.mentor.user
    return sessions.log_session(relationship=relationship, by=by, **said(**changes))


def noted(session, by, text=PRIVATE, *, shared=False):
    return notes.write_note(session=session, text=text, shared=shared, by=by)


def planned(relationship, by=None, *, days=7, **changes):
    """A session so many days from now, at half past two."""
    agreed = {"time": datetime.time(14, 30), "minutes": 45, "medium": "person", "place": "Library"} | changes
    by = by or relationship.mentor.user
    return sessions.plan_next(relationship=relationship, day=days_ago(-days), by=by, **agreed)


def at(organisation, profile):
    """What one trust has of sessions: everything the access matrix needs an object of."""
    relationship = pair(profile, clinician_user(organisation))
    mentor, mentee = profile.user, relationship.clinician.user
    session = logged(relationship)
    noted(session, mentee)
    noted(session, mentee, SHARED, shared=True)
    return SimpleNamespace(
        relationship=relationship,
        session=session,
        bare=logged(relationship, held_on=days_ago(7)),
        private_note=noted(session, mentor, OWN),
        shared_note=noted(session, mentor, "Bring the rota.", shared=True),
        planned=planned(relationship),
    )
