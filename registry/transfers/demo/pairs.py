"""Writes the demonstration's people who are matched with each other, through the actions."""

import random
from collections.abc import Sequence
from datetime import time, timedelta

from django.utils import timezone

from mentoring.actions import agreeing, answering, register
from mentoring.actions.agreeing import Terms
from mentoring.actions.sessions import log_session, plan_next
from mentoring.fields import Kind, RequestState
from mentoring.forms import domains_to_choose
from mentoring.models import Goal, MentoringRequest, MentorProfile, Relationship
from mentoring.terms import Frequency, Medium
from registry.accounts.models import User
from registry.clinicians.models import Clinician
from registry.competency.models import Element
from registry.kernel.clock import today
from registry.session_log.fields import Medium as Met
from registry.session_log.fields import Theme
from registry.transfers.demo.cast import SEED

GOALS = (
    "Hold the budget of the ward for three months, with the finance partner beside me.",
    "Chair a meeting in which not everybody agrees, and ask afterwards how it was.",
)


# What the hero and their mentor spoke about, the latest first.
THEMES = ((Theme.FINANCE, Theme.CONFIDENCE), (Theme.FINANCE, Theme.POLITICS), (Theme.CAREER,))
# Those who are mentored besides, and how many months ago each began.
BEGAN = (11, 10, 10, 9, 8, 8, 7, 5, 4, 4, 3, 2)


def write(hero: Clinician, users: dict[str, User]) -> None:
    """The hero has a mentor, with an agreement, goals and sessions; a colleague is proposed."""
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
    _began(pair, months_ago=4)
    for at, themes in enumerate(THEMES):
        held_on = today() - timedelta(days=20 + 32 * at)
        note = "Was prepared today. Ask about the finance partner next time." if at == 0 else ""
        log_session(
            relationship=pair, held_on=held_on, minutes=60, medium=Met.VIDEO, themes=themes, note=note, by=mentor
        )
    plan_next(
        relationship=pair, day=today() + timedelta(days=9), time=time(13), minutes=60, medium=Met.VIDEO, by=mentor
    )
    coachee = MentoringRequest.objects.filter(kind=Kind.COACH).exclude(clinician=hero).first()
    if coachee is not None:
        _proposed(profile, coachee)


def write_others(others: Sequence[Clinician]) -> None:
    """People who were mentored over the last year, and some who mentor others since, for what leads are told."""
    draw = random.Random(SEED + 23)  # noqa: S311
    domains = list(domains_to_choose())
    busy = {*MentorProfile.objects.values_list("user", flat=True)}
    busy |= {*MentoringRequest.objects.values_list("clinician__user", flat=True)}
    free = [(person, person.user) for person in others if person.user is not None and person.user_id not in busy]
    people = free[-2 * len(BEGAN) :]
    for at, ((person, mentee), (_, mentor), months) in enumerate(zip(people[::2], people[1::2], BEGAN, strict=False)):
        strengths = draw.sample(domains, 2)
        profile = MentorProfile(user=mentor, kinds=[Kind.MENTOR], capacity=1)
        register.offer(profile=profile, strengths=strengths, by=mentor)
        wanted = MentoringRequest(clinician=person, kind=Kind.MENTOR, aim="I want to lead a team well.")
        register.look(wanted=wanted, needs=strengths[:1], by=mentee)
        pair = _proposed(profile, wanted)
        for user in (mentee, mentor):
            answering.accept(relationship=pair, by=user)
        _began(pair, months_ago=months)
        for back in range(0 if at % 4 else 2, months):
            log_session(
                relationship=pair,
                held_on=today() - timedelta(days=3 + 30 * back),
                minutes=draw.choice((30, 45, 60)),
                medium=draw.choice(list(Met)),
                themes=draw.sample(list(Theme)[:6], 2),
                by=mentor,
            )
        if at % 4 == 1:
            offer = MentorProfile(user=mentee, kinds=[Kind.MENTOR], capacity=1)
            register.offer(profile=offer, strengths=strengths, by=mentee)


def _began(pair: Relationship, *, months_ago: int) -> None:
    """The demonstration is made today, and what it shows began before."""
    moment = timezone.now() - timedelta(days=30 * months_ago + 2)
    Relationship.objects.filter(pk=pair.pk).update(
        started_at=moment, mentor_accepted_at=moment, mentee_accepted_at=moment
    )
    pair.refresh_from_db()


def _proposed(profile: MentorProfile, wanted: MentoringRequest) -> Relationship:
    """As a round of matching proposes them: 20 points for each domain that suits, 5 for the region."""
    wants, offers = (set(row.values_list("domain", flat=True)) for row in (wanted.needs, profile.strengths))
    wanted.state = RequestState.PROPOSED
    wanted.save(update_fields=["state"])
    return Relationship.objects.create(
        mentor=profile,
        clinician=wanted.clinician,
        wanted=wanted,
        organisation=wanted.clinician.organisation,
        kind=wanted.kind,
        answer_by=today() + timedelta(days=14),
        reasons={"need": 20 * len(wants & offers), "near": 5},
    )
