"""What pages say of matching rounds: states, costs, reasons and what would change them, in plain words."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from mentoring.deciding import pairs_of
from mentoring.models import MentoringRequest, MentorProfile, Round, RoundPair, RoundVersion
from mentoring.points import Part, Rule
from mentoring.progress import Progress
from mentoring.states import RoundState, VersionStatus
from mentoring.wording import OF_A_PERSON, PARTS
from registry.accounts.models import User
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission as P

ROUND_COLOURS = {RoundState.PREPARING: "blue", RoundState.PUBLISHED: "green", RoundState.CANCELLED: "grey"}
VERSION_COLOURS = {
    VersionStatus.WAITING: "blue",
    VersionStatus.SOLVING: "blue",
    VersionStatus.READY: "green",
    VersionStatus.FAILED: "red",
    VersionStatus.STOPPED: "grey",
}
MOST_NEEDS = 10
CHECKED = (
    "A second program, which shares nothing with the one that found it, has checked that no other answer matches more, "
    "or as many for more points"
)
NOT_TWICE = "Nobody gets the same mentor for two things they look for: the weaker of the two pairs counts as ruled out."
# How far the bar is at each stage; how long a stage takes is not known beforehand.
PERCENT = {"reading": 10, "best": 40, "lot": 75, "writing": 90}
GONE = "somebody no longer here"


def round_tag(row: Round) -> dict[str, str]:
    """Where a round stands."""
    state = RoundState(row.state)
    return {"text": state.label, "colour": ROUND_COLOURS[state]}


def version_tag(row: RoundVersion) -> dict[str, str]:
    """Where a version stands."""
    status = VersionStatus(row.status)
    return {"text": status.label, "colour": VERSION_COLOURS[status]}


def people(number: int) -> str:
    """`1 person`, `3 people`."""
    return f"{number:,} {'person' if number == 1 else 'people'}"


def requests(number: int) -> str:
    """`1 request`, `3 requests`; somebody can look for a mentor and for a coach."""
    return f"{number:,} {'request' if number == 1 else 'requests'}"


def proved(version: RoundVersion) -> tuple[str, str]:
    """That nothing better can be, and what it was checked with; decisions by hand may have cost something."""
    if version.pinned or version.forbidden:
        said = "Proved the best answer with what leads decided."
        return said, f"{CHECKED}, with the pairs that were pinned or ruled out. {NOT_TWICE}"
    return "Proved the best answer.", f"{CHECKED}. {NOT_TWICE}"


def pairs(number: int) -> str:
    """`1 pair`, `3 pairs`."""
    return f"{number:,} {'pair' if number == 1 else 'pairs'}"


def points(number: int) -> str:
    """`1 point`, `30 points`."""
    return f"{number:,} {'point' if number == 1 else 'points'}"


def result(version: RoundVersion) -> str:
    """Who is matched, in a sentence."""
    if not version.mentees:
        return "Nobody looks for a mentor in this round. Match again when somebody does."
    if not version.mentors:
        return f"{requests(version.mentees)}, and no mentor has a place left. Match again when somebody offers one."
    places = "1 place" if version.spaces == 1 else f"{version.spaces:,} places"
    mentors = "1 mentor has" if version.mentors == 1 else f"{version.mentors:,} mentors have"
    return (
        f"{version.matched:,} of {requests(version.mentees)} {'is' if version.matched == 1 else 'are'} matched, with "
        f"{points(version.total)} in all. {mentors} {places}."
    )


def changed(version: RoundVersion, user: User) -> list[str]:
    """What a lead changed beside the version it is based on, as sentences; three queries.

    Of a pair that the reader is one of, it says no more than that.
    """
    before: Any = version.based_on
    if before is None:
        return []
    pinned, forbidden = pairs_of(version.pinned), pairs_of(version.forbidden)
    was_pinned, was_forbidden = pairs_of(before.pinned), pairs_of(before.forbidden)
    steps = (
        ("Pinned", pinned - was_pinned),
        ("Ruled out", forbidden - was_forbidden),
        ("Lifted", (was_pinned - pinned) | (was_forbidden - forbidden)),
    )
    everybody = {pair for _, of_step in steps for pair in of_step}
    asked = MentoringRequest.visible_to(user, P.MENTORING_MANAGE).filter(pk__in={mentee for mentee, _ in everybody})
    requests = list(asked.select_related("clinician"))
    mentees = {one.pk: str(one.clinician) for one in requests}
    mentors = names_of(user, {mentor for _, mentor in everybody})
    offers = MentorProfile.visible_to(user, P.MENTORING_MANAGE).filter(pk__in=mentors, user=user)
    own_offers = set(offers.values_list("pk", flat=True))
    own_requests = {one.pk for one in requests if one.clinician.user_id == user.pk}
    own = {pair for pair in everybody if pair[0] in own_requests or pair[1] in own_offers}
    said = [
        f"{what}: {mentees.get(mentee, GONE)} with {mentors.get(mentor, GONE)}."
        for what, of_step in steps
        for mentee, mentor in sorted(of_step - own)
    ]
    if own:
        said.append("Something about a pair that you are one of.")
    if (version.weights, version.minimum) != (before.weights, before.minimum):
        said.append("Other weights, or another minimum.")
    return said or ["Nothing: matched again with whoever takes part now."]


def cost(version: RoundVersion, *, left: int, found: int) -> list[str]:
    """What a version costs or gains beside the one it is based on, as sentences.

    `left` is how many had somebody and have nobody now, `found` how many the other way round.
    """
    before: Any = version.based_on
    if before is None or version.before_matched is None or version.before_total is None:
        return []
    said = [_differs(version.matched - before.matched, requests, "matched", "As many are matched as before.")]
    if version.weights == before.weights:
        said.append(_differs(version.total - before.total, points, "in all", "The total is the same as before."))
    else:
        same = "With these weights, the pairs before would have the same total."
        said.append(
            _differs(version.total - version.before_total, points, "than the pairs before, with these weights", same)
        )
    if version.before_matched < before.matched:
        lost = before.matched - version.before_matched
        one = "1 pair of before can" if lost == 1 else f"{lost:,} pairs of before can"
        said.append(f"{one} not be any more: people, rules, or the fewest points have changed.")
    if left:
        said.append(f"{requests(left)} would lose a mentor.")
    if found:
        said.append(f"{requests(found)} would gain a mentor.")
    return said


def _differs(number: int, named: Any, what: str, same: str) -> str:
    if number == 0:
        return same
    amount, _, noun = named(abs(number)).partition(" ")
    return f"{amount} {noun} {'more' if number > 0 else 'fewer'} {what}."


def progress_words(version: RoundVersion, progress: Progress) -> str:
    """How far a matching is."""
    if version.status == VersionStatus.WAITING:
        return "Waiting for a free worker."
    if progress.stage == "best":
        best = "nothing more" if progress.gap == 0 else f"at most {progress.gap:g}% more"
        return f"Looking for the best answer, step {progress.turn}: {best} can still be found."
    if progress.stage == "lot":
        return "The best total is found. Now it is decided between answers that are equally good."
    if progress.stage == "writing":
        return "Writing down who is matched with whom."
    return "Reading who looks, who offers, and who must not be matched."


def reasons(pair: RoundPair) -> list[tuple[str, int]]:
    """What a pair earns points for; together they are its score."""
    return [(PARTS[part], pair.reasons[part.value]) for part in Part if part.value in pair.reasons]


def decided(version: RoundVersion, wanted_id: int) -> dict[int, str]:
    """The mentors about whom a lead decided for this person: pinned or ruled out."""
    found = {mentor: "Pinned" for mentee, mentor in version.pinned if mentee == wanted_id}
    return found | {mentor: "Ruled out" for mentee, mentor in version.forbidden if mentee == wanted_id}


def is_one_of(user: User, pair: RoundPair) -> bool:
    """Whether somebody is one of the two."""
    return user.pk in (pair.wanted.clinician.user_id, pair.mentor and pair.mentor.user_id)


def is_pinned(pair: RoundPair, version: RoundVersion) -> bool:
    """Whether a lead has put these two of a version together."""
    return [pair.wanted_id, pair.mentor_id] in version.pinned


def first_choice(pair: RoundPair, names: dict[int, str]) -> str:
    """Whether somebody has the mentor with most points for them, and what keeps them from it."""
    if is_pinned(pair, pair.version):
        return "A lead pinned this pair."
    if "first" not in pair.why:
        return "Nobody in the round would score more for them."
    name, why = names.get(pair.why["first"], GONE), pair.why
    said = f"{name} would score {points(why['score'])} for them. "
    if why["matches"]:
        return f"{said}With them there, {people(why['matches'])} more would have nobody."
    if why["points"] > 0:
        return f"{said}With them there, all pairs together would have at least {points(why['points'])} fewer."
    return f"{said}That place is needed for somebody else: with them there, the whole would not be better."


def why_nobody(pair: RoundPair, names: dict[int, str]) -> tuple[list[str], list[str]]:
    """Why somebody has no mentor, and what would change it."""
    why = pair.why
    if could := why.get("could", 0):
        named = [names[key] for key in why["full"] if key in names]
        others = could - len(named)
        more = [f"one of {others:,} others" if others > 1 else "one other"] if others else []
        what = {1: "The only mentor they could have is", 2: "Both mentors they could have are"}.get(
            could, f"All {could:,} mentors they could have are"
        )
        place = "the place" if could == 1 else "those places"
        return (
            [f"{what} full, and whoever has {place} could not be matched with anybody else instead."],
            [f"One more place with {' or '.join(named + more)} would match one more person."],
        )
    rules = [rule for rule in Rule if rule.value in why.get("rules", ())]
    said = [OF_A_PERSON[rule] for rule in rules]
    change = []
    if why.get("decided"):
        said.append("A lead ruled out every pair that was left.")
        change.append("Lift what was ruled out.")
    if why.get("twice"):
        said.append("Whoever they could have is proposed to them already, for something else they look for.")
    if why.get("best", -1) >= 0:
        change.append(f"Lower the fewest points of a pair to {why['best']}, or give more weight to what they ask for.")
    if rules == [Rule.KIND]:
        change.append(f"Find somebody who offers it: {pair.wanted.get_kind_display().lower()}.")
    if Rule.GRADE in rules:
        change.append("Find a more senior mentor, or for reverse mentoring a more junior one.")
    if Rule.TRAVEL in rules:
        change.append("Ask them whether they could also meet by video.")
    if not said:
        return ["No mentor with a place left takes part in this round."], ["Find somebody who offers to mentor."]
    return said, change or ["Another mentor would have to offer."]


@dataclass(frozen=True, slots=True)
class Option:
    """A mentor that a lead can give to somebody; without a score it is not among the best."""

    key: int
    name: str
    works_at: str
    score: int | None
    decided: str


def options(pair: RoundPair, mentors: Iterable[MentorProfile]) -> list[Option]:
    """These mentors for this person, the highest score first."""
    scores, said = dict(pair.choices), decided(pair.version, pair.wanted_id)
    found = [Option(one.pk, str(one), one.works_at, scores.get(one.pk), said.get(one.pk, "")) for one in mentors]
    return sorted(found, key=lambda one: (-1 if one.score is None else one.score, -one.key), reverse=True)


def names_of(user: User, keys: Collection[int | None]) -> dict[int, str]:
    """The names of these mentors, as far as a lead reaches them; one query."""
    rows = MentorProfile.visible_to(user, P.MENTORING_MANAGE).filter(pk__in=[key for key in keys if key is not None])
    return dict(rows.values_list("pk", "user__name"))


def needs_of_leads(user: User) -> list[Need]:
    """The rounds of one's own organisations that are matched and wait to be published; one query."""
    scope = user.scope_for(P.MENTORING_MANAGE)
    if scope.everything or not scope.organisation_ids:
        return []
    waiting = Round.visible_to(user, P.MENTORING_MANAGE).preparing().filter(current__isnull=False).order_by("pk")
    return [
        Need(f"Publish the matching round {one}", reverse("mentoring:round", args=[one.pk]))
        for one in waiting[:MOST_NEEDS]
    ]
