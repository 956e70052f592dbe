"""What the pages of rounds show: states in words, whom to ask, parts of a questionnaire, and what waits for whom."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.urls import reverse

from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.clinicians.models import Clinician
from registry.competency.aggregation import LEAST
from registry.competency.feedback.actions.rounds import ADVISED
from registry.competency.feedback.questionnaire import PROMPTS, Answers
from registry.competency.feedback.states import INVITED, OPEN, RaterGroup, RaterState, RoundState
from registry.competency.models import FeedbackRater, FeedbackRound
from registry.competency.timeline import TimelineEntry
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission

COLOURS = {
    RoundState.PREPARING: "blue",
    RoundState.PROPOSED: "yellow",
    RoundState.RUNNING: "blue",
    RoundState.CLOSED: "yellow",
    RoundState.RELEASED: "green",
    RoundState.CANCELLED: "grey",
}
WAITS_FOR_FACILITATOR = (RoundState.PROPOSED, RoundState.CLOSED)


def tag(round_: FeedbackRound, *, leads: bool = False) -> dict[str, str]:
    """The round's state as a tag; the facilitator reads what waits for them in other words."""
    state = RoundState(round_.state)
    words = {RoundState.PROPOSED: "To confirm", RoundState.CLOSED: "To talk through"} if leads else {}
    return {"text": words.get(state, state.label), "colour": COLOURS[state]}


def page_of(round_: FeedbackRound, user: User) -> str:
    """The name of the page on which this person follows the round."""
    return "feedback:round" if round_.subject.user_id == user.pk else "feedback:led"


def round_context(round_: FeedbackRound, *, leads: bool = False) -> dict[str, Any]:
    """The round, the colleagues named, and what is thin about the list; never who has answered."""
    named = round_.raters.exclude(group=RaterGroup.SELF)
    raters = sorted(
        named if round_.state in OPEN else named.none(),
        key=lambda rater: (INVITED.index(RaterGroup(rater.group)), rater.name),
    )
    counts = Counter(rater.group for rater in raters)
    last = round_.transitions.select_related("by").last()
    return {
        "round": round_,
        "tag": tag(round_, leads=leads),
        "raters": [(rater, RaterGroup(rater.group).label) for rater in raters],
        "advised": ADVISED,
        "thin": [
            RaterGroup(group).label
            for group, count in sorted(counts.items())
            if group not in {RaterGroup.MANAGER, RaterGroup.OTHERS} and count < round_.minimum
        ],
        "last": last,
    }


def led_context(round_: FeedbackRound) -> dict[str, Any]:
    """The same for the facilitator, with what helps to judge the list: whose addresses are known, and whose fail."""
    context = round_context(round_, leads=True)
    addresses = [rater.email.lower() for rater, _ in context["raters"]]
    running = round_.state == RoundState.RUNNING
    manager = round_.subject.line_manager
    return context | {
        "known": Clinician.known_addresses(addresses, at=round_.subject.organisation_id),
        "manager": manager.name if manager else "",
        "undelivered": set(round_.raters.undelivered().values_list("pk", flat=True)) if running else set(),
        "enough": len(addresses) >= LEAST,
    }


def tasks(rater: FeedbackRater, part_url: Callable[[int], str]) -> list[dict[str, Any]]:
    """The parts of the questionnaire as the design system's task list."""
    answers = Answers.from_plain(rater.draft)
    items = []
    for number, part in enumerate(rater.round.asks.parts_for(rater.group), start=1):
        answered, count = answers.answered(part), len(part.questions)
        items.append(_task(part.name, part_url(number), f"{answered} of {count} answered", answered, count))
    words = sum(bool(answers.comments.get(prompt, "").strip()) for prompt in PROMPTS)
    items.append(
        _task("In your own words", part_url(len(items) + 1), f"{words} of {len(PROMPTS)}", words, len(PROMPTS))
    )
    return items


def _task(title: str, href: str, so_far: str, done: int, count: int) -> dict[str, Any]:
    if done == count:
        status: dict[str, Any] = {"text": "Completed"}
    else:
        text, colour = (so_far, "blue") if done else ("Not started", "grey")
        status = {"tag": {"text": text, "classes": f"nhsuk-tag--{colour}"}}
    return {"title": {"text": title}, "href": href, "status": status}


def needs_now(user: User) -> list[Need]:
    """What waits for this person in rounds about them and in rounds they facilitate; three queries at most."""
    needs = []
    own = FeedbackRound.visible_to(user, Permission.FEEDBACK_RECEIVE).still_open().select_related("version")
    unanswered = FeedbackRater.visible_to(user, Permission.FEEDBACK_RECEIVE).filter(
        group=RaterGroup.SELF, state=RaterState.WAITING, round__state=RoundState.RUNNING
    )
    to_answer = set(unanswered.values_list("round", flat=True))
    for row in own.order_by("pk"):
        name = row.version.name
        if row.state == RoundState.PREPARING:
            href = reverse("feedback:round", args=[row.pk])
            needs.append(Need(f"Name colleagues for your feedback on the {name}", href, role=Role.CLINICIAN))
        elif row.pk in to_answer:
            href = reverse("feedback:own_answers", args=[row.pk])
            text = f"Answer about yourself for your feedback on the {name}"
            needs.append(Need(text, href, due=row.closes_on, role=Role.CLINICIAN))
    led = Counter(
        FeedbackRound.visible_to(user, Permission.FEEDBACK_FACILITATE)
        .filter(state__in=WAITS_FOR_FACILITATOR)
        .values_list("state", flat=True)
    )
    here = reverse("feedback:facilitating")
    for state, text in (
        (RoundState.PROPOSED, "Feedback rounds to confirm"),
        (RoundState.CLOSED, "Feedback reports to talk through"),
    ):
        if led[state]:
            needs.append(Need(text, here, count=led[state], role=Role.FACILITATOR))
    return needs


def on_timeline(viewer: User, clinician: Clinician) -> Iterator[TimelineEntry]:
    """A person's released reports, on their own timeline alone: nobody else learns of them there."""
    mine = FeedbackRound.visible_to(viewer, Permission.FEEDBACK_RECEIVE).filter(subject=clinician)
    for row in mine.filter(state=RoundState.RELEASED).select_related("version", "facilitator"):
        if row.conversation_on is not None:
            yield TimelineEntry(
                on=row.conversation_on,
                title=f"{row.version.name}: feedback from colleagues",
                text=f"Talked through with {row.facilitator}",
                href=reverse("feedback:report", args=[row.pk]),
            )
