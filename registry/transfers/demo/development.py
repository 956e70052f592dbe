"""Writes what the clinician who signs in does about their levels: a plan, conversations, how their post divides."""

import datetime
from typing import cast

from django.utils import timezone

from registry.accounts.models import User
from registry.clinicians.models import Clinician, Post, RoleMix
from registry.competency.development.actions import conversations, objectives, plans
from registry.competency.development.actions.conversations import Prepared
from registry.competency.development.actions.objectives import Wanted
from registry.competency.development.states import Direction, Learning, Progress, Talk
from registry.competency.models import (
    Assessment,
    CareerConversation,
    ConversationTransition,
    Element,
    Objective,
    ObjectiveReview,
)
from registry.kernel.clock import today

# (months back, practitioner, partner, leader): more leading, and less caring for patients, than two years ago.
MIXES = ((24, 80, 15, 5), (12, 65, 20, 15), (2, 50, 25, 25))


def write(clinician: Clinician) -> None:
    """A plan with three objectives, one conversation recorded and one in preparation, and three role mixes."""
    by = cast("User", clinician.user)
    _mixes(clinician)
    _plan(clinician, by)
    _recorded(clinician)
    begun = conversations.start_conversation(clinician=clinician, by=by)
    prepared = Prepared(
        contribution="I lead the discharge work on four wards; people go home a day earlier than last year.",
        approach="I ask before I tell, and the quietest person in the room speaks first.",
        growth="To be a deputy chief nurse within three years, and to keep one day a week with patients.",
        direction=Direction.STRETCH,
    )
    conversations.prepare(conversation=begun, prepared=prepared, by=by)


def _in(days: int) -> datetime.date:
    return today() + datetime.timedelta(days=days)


def _mixes(clinician: Clinician) -> None:
    post = Post.objects.filter(clinician=clinician, ended_on__isnull=True).latest("started_on")
    post.started_on = min(post.started_on, _in(-30 * 30))
    post.save(update_fields=["started_on"])
    RoleMix.objects.bulk_create(
        RoleMix(post=post, from_date=_in(-30 * months), practitioner=one, partner=two, leader=three)
        for months, one, two, three in MIXES
    )


def _plan(clinician: Clinician, by: User) -> None:
    assessment = Assessment.objects.agreed().select_related("version", "clinician").get(clinician=clinician)
    plan = plans.start_plan(assessment=assessment, target="post-chief_nurse", by=by)
    key = dict(Element.objects.filter(domain__version=assessment.version).values_list("code", "pk"))

    def add(
        title: str, success: str, codes: str, learning: Learning, *, due: int, review: int | None, evidence: str = ""
    ) -> Objective:
        wanted = Wanted(
            title=title,
            success=success,
            elements=[key[code] for code in codes.split()],
            learning=learning,
            due_on=_in(due),
            review_on=None if review is None else _in(review),
            evidence=evidence,
        )
        return objectives.add_objective(plan=plan, wanted=wanted, by=by)

    add(
        "Sit in on the finance committee for two quarters",
        "I can explain our budget to the ward managers without notes, and they ask me to.",
        "3.2 3.4",
        Learning.FROM_OTHERS,
        due=200,
        review=90,
    )
    under_way = add(
        "Chair the discharge group across four wards",
        "Partners outside the trust say that the group decides, and its decisions last.",
        "2.1 4.4",
        Learning.ON_THE_JOB,
        due=120,
        review=6,
        evidence="Chaired three meetings; social care now comes to each of them.",
    )
    achieved = add(
        "Take the postgraduate module in improvement",
        "I pass, and two wards use the measure I build.",
        "4.2",
        Learning.COURSES,
        due=30,
        review=None,
        evidence="Passed with merit. Both wards report the measure every month.",
    )
    objectives.move_objective(objective=under_way, to=Progress.UNDER_WAY, by=by)
    ObjectiveReview.objects.create(
        objective=under_way,
        on=_in(-20),
        changed="The group meets every fortnight now. The agenda is still mine alone; next I hand parts of it over.",
        next_on=_in(6),
        by=by,
    )
    objectives.move_objective(objective=achieved, to=Progress.UNDER_WAY, by=by)
    objectives.move_objective(objective=achieved, to=Progress.ACHIEVED, by=by)


def _recorded(clinician: Clinician) -> None:
    """Held a year ago; the actions write only what happens today."""
    day = timezone.now() - datetime.timedelta(days=350)
    week = datetime.timedelta(days=7)
    conversation = CareerConversation.objects.create(
        clinician=clinician,
        state=Talk.RECORDED,
        created_at=day - 2 * week,
        contribution="I run a ward of 28 beds with a stable team, and I mentor the newly qualified nurses.",
        approach="Calm when it is busy. I say what I do not know.",
        growth="To lead beyond my own ward, without leaving the bedside altogether.",
        direction=Direction.BREADTH,
        support="Somebody to talk to who has done it, and a day a fortnight.",
        partner=clinician.appraiser,
        shared_at=day - week,
        partner_view="You underrate how far your work on discharge already reaches. Start there.",
        held_on=timezone.localdate(day),
        agreed_direction=Direction.BREADTH,
        agreed_actions="Chidi takes the discharge work across four wards. Asha asks for a day a fortnight for it.",
        next_on=_in(15),
        clinician_confirmed_at=day,
        partner_confirmed_at=day + week,
    )
    steps = (
        ("", Talk.PREPARING, day - 2 * week, clinician.user),
        (Talk.PREPARING, Talk.SHARED, day - week, clinician.user),
        (Talk.SHARED, Talk.RECORDED, day + week, clinician.appraiser),
    )
    ConversationTransition.objects.bulk_create(
        ConversationTransition(conversation=conversation, before=before, after=after, at=at, by=by)
        for before, after, at, by in steps
    )
