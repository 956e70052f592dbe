"""Publishing a round: each pair is looked at once more, and those that still hold are proposed to both people."""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction

from mentoring import proposals
from mentoring.actions.rounds import mark_of, require_idle
from mentoring.barring import BARRED
from mentoring.fields import RequestState
from mentoring.models import (
    MentoringRequest,
    MentorProfile,
    Relationship,
    RelationshipTransition,
    Round,
    RoundPair,
    RoundVersion,
)
from mentoring.people import fingerprint
from mentoring.population import population
from mentoring.round_steps import end, led, trace
from mentoring.states import RelationshipState, RoundState
from registry.accounts.models import User
from registry.kernel.clock import today
from registry.kernel.constraints import foreign_keys_checked_at_once
from registry.kernel.errors import WrongState
from registry.nhsuk.seen import check_seen

BATCH = 2000
NOT_LOOKING = "They stopped looking, are proposed somebody else meanwhile, or work elsewhere now."
NOT_OFFERED = "The mentor cannot be matched now, or has no place left."
OTHER_KIND = "The mentor does not offer any more what they look for."
CHANGED = (
    "What one of them looks for or offers, or where they work, has changed since. Match again to see what suits now."
)
TWICE = "This mentor is proposed to them in this round already, for another kind of mentoring."


def no_longer(version: RoundVersion) -> list[tuple[RoundPair, str]]:
    """The pairs of a version that do not hold as of now, each with the reason in words."""
    return _looked_at(version)[1]


@transaction.atomic
def publish(*, round: Round, by: User, seen: str | None = None) -> tuple[int, list[RoundPair]]:  # noqa: A002 (the field's word)
    """Propose the pairs of the version that the round has to both people; whose pair does not hold looks on.

    Answers how many are proposed, and the pairs left out. Raises Stale where somebody kept another version since the
    page was opened (`seen`), WrongState where there is none, one is being matched, or no pair holds.
    """
    found = led(round, by)
    check_seen(seen, stored=mark_of(found))
    require_idle(found)
    if found.current is None:
        raise WrongState("This round is not matched yet. Match it first.")
    pairs, left_out = _looked_at(found.current, _hold(found.current))
    if not pairs:
        raise WrongState("There is no pair to propose. Match again, or cancel the round.")
    with foreign_keys_checked_at_once():
        _propose(found, pairs, by)
        end(found, RoundState.PUBLISHED, by=by)
        trace("published", found, by, proposed=len(pairs), left_out=len(left_out), sha256=found.current.sha256)
    return len(pairs), [pair for pair, _ in left_out]


def _hold(version: RoundVersion) -> set[int]:
    """Nobody pauses, leaves, changes or is given a place meanwhile; answers the requests that are held.

    Everybody is locked in the order of their keys. Requests that do not look are left alone: a mentor who leaves
    locks those that are proposed to them after their profile, and each would wait for the other.
    """
    pairs = RoundPair.objects.filter(version=version).matched().order_by()
    wanted = MentoringRequest.objects.filter(pk__in=pairs.values("wanted"), state=RequestState.OPEN).order_by("pk")
    held = set(wanted.select_for_update(no_key=True).values_list("pk", flat=True))
    mentors = MentorProfile.objects.filter(pk__in=pairs.values("mentor")).order_by("pk")
    list(mentors.select_for_update(no_key=True).values_list("pk", flat=True))
    return held


def _looked_at(
    version: RoundVersion, held: Collection[int] | None = None
) -> tuple[list[RoundPair], list[tuple[RoundPair, str]]]:
    """The pairs that hold as of now, and the others with the reason; where some requests are held, only theirs hold."""
    rows = RoundPair.objects.filter(version=version).matched().with_people().order_by("pk")
    pairs: list[Any] = list(rows)
    people = population(version.round)
    mentees = {one.key: one for one in people.mentees if held is None or one.key in held}
    mentors = {one.key: one for one in people.mentors}
    left = Counter(dict(zip(mentors, people.places, strict=True)))
    together: set[tuple[int, int]] = set()
    good, bad = [], []
    for pair in pairs:
        mentee, mentor = mentees.get(pair.wanted_id), mentors.get(pair.mentor_id)
        if mentee is None:
            reason = NOT_LOOKING
        elif mentor is None or left[mentor.key] < 1:
            reason = NOT_OFFERED
        elif mentee.kind not in mentor.kinds:
            reason = OTHER_KIND
        elif mentor.key in mentee.barred:
            reason = BARRED
        elif fingerprint(mentee, mentor) != pair.facts:
            reason = CHANGED
        elif (mentee.person, mentor.key) in together:
            reason = TWICE
        else:
            left[pair.mentor_id] -= 1
            together.add((mentee.person, mentor.key))
            good.append(pair)
            continue
        bad.append((pair, reason))
    return good, bad


def _propose(round: Round, pairs: Iterable[RoundPair], by: User) -> None:  # noqa: A002 (the field's word)
    answer_by = today() + datetime.timedelta(days=round.answer_days)
    made = Relationship.objects.bulk_create(
        (
            Relationship(
                mentor=pair.mentor,
                clinician=pair.wanted.clinician,
                wanted=pair.wanted,
                organisation_id=pair.wanted.clinician.organisation_id,
                kind=pair.wanted.kind,
                reasons=pair.reasons,
                answer_by=answer_by,
            )
            for pair in pairs
        ),
        batch_size=BATCH,
    )
    RelationshipTransition.objects.bulk_create(
        (RelationshipTransition(relationship=one, after=RelationshipState.PROPOSED, by=by) for one in made),
        batch_size=BATCH,
    )
    MentoringRequest.objects.filter(pk__in=[one.wanted_id for one in made]).update(state=RequestState.PROPOSED)
    proposals.tell(made)
