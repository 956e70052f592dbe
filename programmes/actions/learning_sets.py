"""Action-learning sets: leads form them, members note when they met, and write notes that stay in the set."""

import datetime
from collections.abc import Collection, Sequence

from django.db import transaction

from programmes import grouping, steps
from programmes.grouping import Person
from programmes.models import Cohort, Enrolment, LearningSet, SetMeeting, SetMember, SetNote
from programmes.states import CohortState, EnrolmentState
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission as P
from registry.nhsuk.dates import long_date
from registry.nhsuk.seen import check_seen, mark
from registry.session_log.checking import check_medium, check_minutes, checked_note, checked_themes

S = EnrolmentState


def proposed(*, cohort: Cohort) -> list[list[Enrolment]]:
    """The sets of everybody who takes part now, as they would be formed; two queries."""
    rows = list(cohort.enrolments.taking_part().select_related("clinician").order_by("pk"))
    by_key = {row.pk: row for row in rows}
    people = [Person(row.pk, row.clinician.profession) for row in rows]
    return [[by_key[person.key] for person in members] for members in grouping.sets(people)]


def mark_of(groups: Sequence[Sequence[Enrolment]]) -> str:
    """A mark of a proposal, so that what is saved is what the page showed."""
    return mark([[row.pk for row in members] for members in groups])


@transaction.atomic
def form(*, cohort: Cohort, by: User, seen: str | None = None) -> list[LearningSet]:
    """Form the sets, anew where no set has met yet; `seen` is the mark of what the page showed."""
    held = _run(cohort.pk, by)
    if SetMeeting.objects.filter(learning_set__cohort=held).exists():
        raise WrongState("A set has met already, so the sets stay as they are.")
    groups = proposed(cohort=held)
    check_seen(seen, stored=mark_of(groups))
    if not groups:
        raise WrongState("Nobody takes part yet.")
    held.sets.all().delete()
    made = LearningSet.objects.bulk_create(
        LearningSet(cohort=held, number=number) for number in range(1, len(groups) + 1)
    )
    SetMember.objects.bulk_create(
        SetMember(learning_set=one, enrolment=row, position=position)
        for one, members in zip(made, groups, strict=True)
        for position, row in enumerate(members, start=1)
    )
    detail = {"sets": len(made)}
    record("programme.sets_formed", held, by=by, organisation_id=held.organisation_id, detail=detail)
    return made


@transaction.atomic
def add_newcomers(*, cohort: Cohort, by: User) -> int:
    """Put everybody who takes part and is in no set into one, the smallest first; answers how many."""
    held = _run(cohort.pk, by)
    sets = list(held.sets.all())
    new = list(held.enrolments.taking_part().filter(set_membership=None).select_related("clinician").order_by("pk"))
    if not sets or not new:
        raise WrongState("Everybody is in a set, or no sets are formed yet.")
    members = SetMember.objects.filter(learning_set__in=sets)
    among: dict[int, list[Person]] = {one.pk: [] for one in sets}
    # The next position counts whoever left: theirs is not given away.
    last = dict.fromkeys(among, 0)
    for member in members.select_related("enrolment__clinician").order_by("position"):
        last[member.learning_set_id] = member.position
        if member.enrolment.state == S.ENROLLED:
            among[member.learning_set_id].append(Person(member.enrolment_id, member.enrolment.clinician.profession))
    for row in new:
        person = Person(row.pk, row.clinician.profession)
        key = grouping.set_for(person, among)
        if key is not None:
            among[key].append(person)
            last[key] += 1
            SetMember.objects.create(learning_set_id=key, enrolment=row, position=last[key])
    detail = {"people": len(new)}
    record("programme.sets_joined", held, by=by, organisation_id=held.organisation_id, detail=detail)
    return len(new)


def next_facilitator(*, learning_set: LearningSet) -> SetMember | None:
    """Whose turn it is: the next by position after the last one, passing over who does not take part now."""
    members = list(learning_set.members.select_related("enrolment__clinician").order_by("position"))
    here = [member for member in members if member.enrolment.state == S.ENROLLED]
    last = learning_set.meetings.select_related("facilitator").order_by("-pk").first()
    after = last.facilitator.position if last else 0
    later = [member for member in here if member.position > after]
    return next(iter(later or here), None)


@transaction.atomic
def meet(
    *,
    learning_set: LearningSet,
    held_on: datetime.date,
    minutes: int | None = None,
    medium: str = "",
    themes: Collection[str] = (),
    by: User,
) -> SetMeeting:
    """Put down a day on which the set meets, or met, with what is known of it; who facilitates goes round."""
    one = _member_of(learning_set, by)
    said = _checked(one, held_on, minutes, medium, themes)
    facilitator = next_facilitator(learning_set=one)
    if facilitator is None:
        raise WrongState("Nobody is in this set any more.")
    return SetMeeting.objects.create(learning_set=one, facilitator=facilitator, **said)


@transaction.atomic
def change_meeting(
    *,
    meeting: SetMeeting,
    held_on: datetime.date,
    minutes: int | None = None,
    medium: str = "",
    themes: Collection[str] = (),
    by: User,
) -> SetMeeting:
    """Say how a meeting was, or move it; any member of the set can."""
    one = _member_of(meeting.learning_set, by)
    row: SetMeeting | None = one.meetings.filter(pk=meeting.pk).first()
    if row is None:
        raise WrongState("This meeting is not on the list any more.")
    said = _checked(one, held_on, minutes, medium, themes, but=row.pk)
    for name, value in said.items():
        setattr(row, name, value)
    row.save(update_fields=list(said))
    return row


def takes_part(meeting: SetMeeting, user: User) -> bool:
    """Whether this person is in the set now, and may write there."""
    members = meeting.learning_set.members.filter(enrolment__clinician__user=user, enrolment__state=S.ENROLLED)
    return bool(members.exists())


@transaction.atomic
def remove_meeting(*, meeting: SetMeeting, by: User) -> None:
    """Take a meeting off the list, before anybody has written a note of it."""
    one = _member_of(meeting.learning_set, by)
    row = one.meetings.select_for_update().filter(pk=meeting.pk).first()
    if row is None:
        raise WrongState("This meeting is not on the list any more.")
    if row.notes.exists():
        raise WrongState("There are notes of this meeting, so it stays on the list.")
    row.delete()


@transaction.atomic
def write(*, meeting: SetMeeting, text: str, by: User) -> SetNote:
    """Write a note for the set. Nobody outside reads it, and no trace is kept of it."""
    one = _member_of(meeting.learning_set, by)
    if not one.meetings.filter(pk=meeting.pk).exists():
        raise WrongState("This meeting is not on the list any more.")
    note = SetNote(meeting=meeting, author=by).put(checked_note(text))
    note.save(force_insert=True)
    return note


@transaction.atomic
def remove_note(*, note: SetNote, by: User) -> None:
    """Take one's own note back."""
    one = _member_of(note.meeting.learning_set, by)
    deleted, _ = SetNote.objects.filter(pk=note.pk, author=by, meeting__learning_set=one).delete()
    if not deleted:
        raise WrongState("Only who wrote a note can take it back, once.")


def _checked(
    one: LearningSet,
    held_on: datetime.date,
    minutes: int | None,
    medium: str,
    themes: Collection[str],
    *,
    but: int = 0,
) -> dict[str, object]:
    cohort = one.cohort
    if not cohort.starts_on <= held_on <= cohort.ends_on:
        first, last = long_date(cohort.starts_on), long_date(cohort.ends_on)
        raise Invalid(f"The day must be between {first} and {last}, when the programme runs.", field="held_on")
    if one.meetings.filter(held_on=held_on).exclude(pk=but).exists():
        raise Invalid("A meeting on this day is on the list already.", field="held_on")
    if minutes is not None:
        check_minutes(minutes)
    if medium:
        check_medium(medium)
    return {"held_on": held_on, "minutes": minutes, "medium": medium, "themes": checked_themes(themes)}


def _run(cohort_id: int, by: User) -> Cohort:
    held = steps.locked(cohort_id)
    steps.require(by, P.PROGRAMME_MANAGE, held.organisation_id)
    if held.state not in (CohortState.DECIDED, CohortState.RUNNING):
        raise WrongState("Sets are formed once places have been offered, and while the programme is under way.")
    return held


def _member_of(learning_set: LearningSet, by: User) -> LearningSet:
    """The set, with its cohort locked, for somebody who is in it and takes part."""
    held = steps.locked(learning_set.cohort_id)
    one: LearningSet | None = held.sets.filter(pk=learning_set.pk).first()
    if one is None:
        raise WrongState("The sets have been formed anew in the meantime.")
    mine = one.members.filter(enrolment__clinician__user=by, enrolment__state=S.ENROLLED)
    if by.scope_for(P.PROGRAMME_TAKE_PART).user_id is None or not mine.exists():
        raise NotAllowed("Only members of the set can do this.")
    one.cohort = held
    return one
