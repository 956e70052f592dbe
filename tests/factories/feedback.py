"""Feedback rounds in every state, made by the actions people use."""

import datetime

from django.db.models import F

from registry.accounts.roles import Role
from registry.competency.feedback.actions import answering, raters, rounds
from registry.competency.feedback.links import link_of
from registry.competency.feedback.questionnaire import Answers
from registry.competency.feedback.states import RaterGroup
from registry.competency.models import FeedbackRater, FeedbackReply, FeedbackRound
from registry.kernel.clock import today
from tests.factories.people import user_with

# A round of the usual size: how many are asked in each group.
USUAL = {"manager": 1, "peers": 5, "reports": 4, "patients": 2, "clinical": 3}


def facilitator_at(organisation, **attributes):
    """A user with the facilitator role at this organisation."""
    return user_with(Role.FACILITATOR, organisation, **attributes)


def started(clinician, version, facilitator=None):
    """A round with nobody named yet."""
    facilitator = facilitator or facilitator_at(clinician.organisation)
    return rounds.start(subject=clinician, version=version, facilitator=facilitator, by=clinician.user)


def named(clinician, version, facilitator=None, groups=USUAL):
    """A round with colleagues named, so many in each group."""
    round_ = started(clinician, version, facilitator)
    for group, count in groups.items():
        for number in range(count):
            name_one(round_, group, number)
    return round_


def name_one(round_, group, number):
    """One colleague more."""
    return raters.add_rater(
        round=round_,
        name=f"{RaterGroup(group).label} {number + 1}",
        email=f"{group}{number + 1}.of{round_.pk}@colleague.example",
        group=RaterGroup(group),
        by=round_.subject.user,
    )


def proposed(clinician, version, facilitator=None, groups=USUAL):
    """A round whose list is with the facilitator."""
    round_ = named(clinician, version, facilitator, groups)
    return rounds.propose(round=round_, by=clinician.user)


def in_three_weeks():
    """The usual last day."""
    return today() + datetime.timedelta(days=21)


def running(clinician, version, facilitator=None, groups=USUAL, *, days=None, minimum=3):
    """A round that colleagues can answer."""
    round_ = proposed(clinician, version, facilitator, groups)
    closes_on = in_three_weeks() if days is None else today() + datetime.timedelta(days=days)
    return rounds.launch(round=round_, closes_on=closes_on, minimum=minimum, by=round_.facilitator)


def link(rater):
    """The link in this rater's message."""
    return link_of(rater.key, rater.link_number)


def asked(round_, group):
    """The raters of a group, in order."""
    return list(FeedbackRater.objects.filter(round=round_, group=group).order_by("pk"))


def everything_at(round_, group, level):
    """Answers with this level for every question the group is asked."""
    keys = [question.key for part in round_.asks.parts_for(group) for question in part.questions]
    return Answers(dict.fromkeys(keys, level), {}, {"well": f"What {group} say."})


def answer(rater, answers):
    """Save and send as a rater does."""
    rater.refresh_from_db()
    for part in rater.round.asks.parts_for(rater.group):
        keys = [question.key for question in part.questions]
        levels = {key: answers.levels[key] for key in keys if key in answers.levels}
        importance = {key: said for key, said in answers.importance.items() if key == part.code}
        comments = {key: text for key, text in answers.comments.items() if key == part.code}
        answering.save(
            rater=rater, part=part.code, keys=keys, prompts=[part.code], answers=Answers(levels, importance, comments)
        )
    words = {key: text for key, text in answers.comments.items() if key in ("well", "more")}
    answering.save(rater=rater, part="", keys=[], prompts=["well", "more"], answers=Answers({}, {}, words))
    answering.send(rater=rater)


def reply(round_, group, answers):
    """A reply, past the rater: quicker where nobody's link matters."""
    return FeedbackReply.objects.create(round=round_, group=group, answers=answers.plain())


def closed(clinician, version, facilitator=None, groups=USUAL, *, level=3, own=2, minimum=3):
    """A closed round: everybody asked has answered with one level, and the person with theirs."""
    round_ = running(clinician, version, facilitator, groups, minimum=minimum)
    for group, count in groups.items():
        for _ in range(count):
            reply(round_, group, everything_at(round_, group, level))
    if own is not None:
        reply(round_, "self", everything_at(round_, "self", own))
    return rounds.close(round=round_, by=round_.facilitator)


def released(clinician, version, facilitator=None, groups=USUAL, **options):
    """A round whose report the person may read."""
    round_ = closed(clinician, version, facilitator, groups, **options)
    return rounds.release(round=round_, conversation_on=today(), by=round_.facilitator)


def long_ago(round_):
    """The round, closed and released 200 days earlier."""
    earlier = {name: F(name) - datetime.timedelta(days=200) for name in ("launched_at", "closed_at", "released_at")}
    FeedbackRound.objects.filter(pk=round_.pk).update(**earlier)
    round_.refresh_from_db()
    return round_
