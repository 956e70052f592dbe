"""Writes the demonstration's feedback rounds through the actions people use: released, closed, running, to confirm."""

import datetime
import random
from collections.abc import Sequence

from registry.accounts.models import User
from registry.clinicians.models import Clinician
from registry.competency.feedback.actions import raters, rounds
from registry.competency.feedback.questionnaire import NO_CHANCE, Answers
from registry.competency.feedback.states import RaterGroup
from registry.competency.models import FeedbackReply, FeedbackRound, FrameworkVersion
from registry.kernel.clock import today
from registry.transfers.demo.cast import SEED

# Whom everybody asks. Of patients two are too few to stand alone.
ASKED = {
    RaterGroup.MANAGER: ("Imogen Shaw",),
    RaterGroup.PEERS: ("Tomasz Zielinski", "Aoife Brennan", "Kwame Boateng", "Li Na", "Ruth Adler"),
    RaterGroup.REPORTS: ("Sunita Rao", "Owen Pugh", "Marta Silva", "Dele Ade"),
    RaterGroup.PATIENTS: ("Jean Whittle", "Harold Finch"),
    RaterGroup.CLINICAL: ("Yusuf Karim", "Greta Holm", "Paul Okafor"),
}
WORDS = {
    "well": (
        "Listens before deciding, and says what was decided and why.",
        "Stays calm when the ward is full, and we all stay calmer.",
        "Lets others lead the huddle, and backs them.",
        "Brought patients into the redesign from the first day.",
    ),
    "more": (
        "Could say no more often, so that what we start gets finished.",
        "Show us the budget: we could help.",
        "Speak up at divisional meetings as clearly as on the ward.",
        "Delegate the rota.",
    ),
}


def write(hero: Clinician, others: Sequence[Clinician], facilitator: User) -> None:
    """One released, about the clinician who signs in; about others one to confirm, one to talk through, one running."""
    draw = random.Random(SEED + 5)  # noqa: S311
    leadership, model = (FrameworkVersion.rows().get(code=code, closed_to_new=False) for code in ("LF", "HLM"))
    done = _closed(hero, model, facilitator, draw)
    rounds.release(round=done, conversation_on=today(), by=facilitator)
    _proposed(others[0], model, facilitator)
    _closed(others[1], leadership, facilitator, draw)
    _running(others[2], leadership, facilitator)


def _proposed(subject: Clinician, version: FrameworkVersion, facilitator: User) -> FeedbackRound:
    by = _account(subject)
    round_ = rounds.start(subject=subject, version=version, facilitator=facilitator, by=by)
    for group, names in ASKED.items():
        for name in names:
            address = f"{name.lower().replace(' ', '.')}@colleagues.example"
            raters.add_rater(round=round_, name=name, email=address, group=group, by=by)
    return rounds.propose(round=round_, by=by)


def _running(subject: Clinician, version: FrameworkVersion, facilitator: User) -> FeedbackRound:
    closes_on = today() + datetime.timedelta(days=21)
    round_ = _proposed(subject, version, facilitator)
    return rounds.launch(round=round_, closes_on=closes_on, minimum=3, by=facilitator)


def _closed(subject: Clinician, version: FrameworkVersion, facilitator: User, draw: random.Random) -> FeedbackRound:
    round_ = _running(subject, version, facilitator)
    groups = [group for group, names in ASKED.items() for _ in names]
    FeedbackReply.objects.bulk_create(
        FeedbackReply(round=round_, group=group, answers=_answers(round_, group, draw).plain())
        for group in [RaterGroup.SELF, *groups]
    )
    return rounds.close(round=round_, by=facilitator)


def _answers(round_: FeedbackRound, group: RaterGroup, draw: random.Random) -> Answers:
    levels: dict[str, int | str] = {}
    importance: dict[str, int | str] = {}
    for number, part in enumerate(round_.asks.parts_for(group)):
        # Others see more in some domains, and less in others, than the person does.
        middle = 2.6 if group == RaterGroup.SELF else 2.1 + 0.35 * (number % 4)
        for question in part.questions:
            values = [value for value, _ in question.answers]
            drawn = min(max(values), max(1, round(draw.gauss(middle, 0.6))))
            levels[question.key] = NO_CHANCE if group != RaterGroup.SELF and draw.random() < 0.06 else drawn
        if part.importance:
            importance[part.code] = draw.choice((2, 3, 3, 4))
    said = {} if group == RaterGroup.SELF else {key: draw.choice(texts) for key, texts in WORDS.items()}
    return Answers(levels, importance, {key: text for key, text in said.items() if draw.random() < 0.7})


def _account(subject: Clinician) -> User:
    if subject.user is None:
        raise ValueError(f"{subject} has no account")
    return subject.user
