"""What two people matched with each other agree on and work towards, made through the actions."""

import datetime

from django.utils import timezone

from mentoring.actions import agreeing, supervision
from mentoring.models import Goal
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.competency.models import Element
from registry.kernel.clock import today
from tests.factories import mentoring, mentoring_relationships
from tests.factories.people import clinician_user, user_with


def terms(*, ends_on=None, **changes):
    """The words of an agreement that ends in half a year, unless said otherwise."""
    said = {"aims": "Secret aim.", "frequency": "1m", "medium": "video", "ground_rules": "Secret rule."}
    return agreeing.Terms(**said | changes, ends_on=ends_on or today() + datetime.timedelta(days=180))


def agreed(relationship, **changes):
    """An agreement that the mentor wrote and the mentee agreed to."""
    row = agreeing.write(relationship=relationship, terms=terms(**changes), accepted=True, by=relationship.mentor.user)
    seen = agreeing.mark_of(row)
    return agreeing.agree(relationship=relationship, accepted=True, by=relationship.clinician.user, seen=seen)


def element():
    """An element of the framework that mentoring speaks in."""
    return Element.objects.filter(domain=mentoring.domains()[0]).first()


def goal(relationship, text="Secret goal."):
    """A goal of the mentee's."""
    row = Goal(relationship=relationship)
    return agreeing.set_goal(goal=row, text=text, element=element(), by=relationship.clinician.user)


def supervised(profile, kind="super", *, days_ago=10, minutes=60):
    """A session in a mentor's log."""
    held_on = today() - datetime.timedelta(days=days_ago)
    return supervision.log(profile=profile, held_on=held_on, kind=kind, minutes=minutes, by=profile.user)


def days_ago(days):
    """Noon so many days ago."""
    return timezone.make_aware(datetime.datetime.combine(today() - datetime.timedelta(days=days), datetime.time(12)))


def of_place(mentor, clinician):
    """For the access matrix: a pair past halfway, a proposal, and one whose mentee's account is closed."""
    profile = mentoring.offering(mentor, kinds=["mentor", "coach", "sponsor"], capacity=5)
    pair = mentoring_relationships.under_way(
        profile, mentoring.looking(clinician, kind="coach"), started_at=days_ago(100)
    )
    agreed(pair, ends_on=today() + datetime.timedelta(days=30))
    # One pair is live once, so whoever is proposed is another mentor.
    other = mentoring.offering(user_with(Role.MENTOR, clinician.organisation), kinds=["sponsor"])
    proposal = mentoring_relationships.proposed(other, mentoring.looking(clinician, kind="sponsor"))
    gone = clinician_user(clinician.organisation)
    abandoned = mentoring_relationships.under_way(profile, mentoring.looking(gone))
    User.objects.filter(pk=gone.user_id).update(is_active=False)
    return {"pair": pair, "goal": goal(pair), "proposal": proposal, "abandoned": abandoned}
