"""Everything that happens to an assessment: started, answered, submitted, returned, withdrawn, agreed."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.accounts.models import User
from registry.audit.record import record
from registry.clinicians.models import Clinician
from registry.competency.appraisers import appraisers_for
from registry.competency.models import (
    EVIDENCE_LENGTH,
    REASON_LENGTH,
    Assessment,
    AssessmentTransition,
    Element,
    ElementLevel,
    ExpectationChoice,
    FrameworkVersion,
)
from registry.competency.states import TRANSITIONS, Matrix, State
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.events import selection_facts_changed
from registry.kernel.permissions import Permission
from registry.organisations.models import Organisation


@dataclass(frozen=True, slots=True)
class Answer:
    """What a clinician says about one element; no level means not answered yet."""

    level: int | None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the appraiser says about one element; a reason is needed where the level differs."""

    level: int
    reason: str = ""


class Overtaken(WrongState):
    """Somebody saved these elements since the page was opened; nothing was saved over them."""

    def __init__(self, element_ids: Iterable[int]) -> None:
        super().__init__("This page was saved somewhere else since you opened it.")
        self.element_ids = frozenset(element_ids)


def mark(level: ElementLevel | None) -> str:
    """A short mark of what is stored for an element, so that a page can tell whether it changed meanwhile."""
    said = (level.self_level, level.evidence, level.agreed_level, level.reason) if level else (None, "", None, "")
    return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


def mark_of(levels: Iterable[ElementLevel]) -> str:
    """One mark for all the levels of an assessment."""
    marks = sorted((level.element_id, mark(level)) for level in levels)
    return hashlib.sha256(repr(marks).encode()).hexdigest()[:16]


@transaction.atomic
def start(*, clinician: Clinician, version: FrameworkVersion, by: User) -> Assessment:
    """A new draft of one's own, on a framework version that is in force and open to new assessments.

    Raises WrongState where the version is not open, or an assessment of the framework is open already.
    """
    _check_own(clinician, by)
    try:
        with transaction.atomic():
            assessment = Assessment.objects.create(clinician=clinician, version=version, framework=version.code)
    except IntegrityError as error:
        raise WrongState(f"You already have an assessment of the {version.name} in progress.") from error
    # Read after the insert: from there on, until the end of this transaction, nobody can replace the version.
    if not FrameworkVersion.objects.open_to_new(today()).filter(pk=version.pk).exists():
        raise WrongState(f"The {version} is closed to new assessments.")
    _note(assessment, before="", by=by)
    return assessment


@transaction.atomic
def choose_stage(*, assessment: Assessment, stage: int, by: User) -> Assessment:
    """Say at which of the framework's stages one assesses oneself; it can change as long as it is a draft."""
    held = _hold_own(assessment, by=by, needs=State.DRAFT)
    if stage not in {known["number"] for known in held.version.stages}:
        raise Invalid("Choose one of the stages shown.", field="stage")
    held.stage = stage
    held.save()
    return held


@transaction.atomic
def save_answers(
    *, assessment: Assessment, answers: Mapping[int, Answer], by: User, seen: Mapping[int, str] | None = None
) -> None:
    """Save the clinician's answers to some elements, by element key; the others stay as they are.

    `seen` has the marks (`mark`) of the elements as the page showed them: an element whose stored answer is neither
    what was seen nor what is sent now raises Overtaken, and nothing is saved. Where a level changes, what an appraiser
    put beside it before returning the assessment is dropped. Raises Invalid for an element of another framework, a
    level not on its scale, or evidence too long.
    """
    held = _hold_own(assessment, by=by, needs=State.DRAFT)
    elements = _elements(held, answers)
    for key, answer in answers.items():
        _check_level(held, elements[key], answer.level, required=False)
        _check_text(answer.evidence, EVIDENCE_LENGTH, f"evidence_{key}")
    stored = _stored(held, answers)
    _check_seen(stored, seen, {k: (a.level, a.evidence) for k, a in answers.items()}, ("self_level", "evidence"))
    changed = []
    for key, answer in answers.items():
        row = stored.get(key) or ElementLevel(assessment=held, element_id=key)
        if row.pk and (row.self_level, row.evidence) == (answer.level, answer.evidence):
            continue
        if row.self_level != answer.level:
            row.agreed_level, row.reason = None, ""
        row.self_level, row.evidence = answer.level, answer.evidence
        changed.append(row)
    _write(changed)


@transaction.atomic
def submit(*, assessment: Assessment, appraiser: User, by: User) -> Assessment:
    """Send a draft, every element answered, to an appraiser of the clinician's organisation.

    The career stage and the organisation's choice of expectations are kept as they are on this day.
    """
    held = _hold_own(assessment, by=by, needs=State.DRAFT)
    answered = held.levels.filter(self_level__isnull=False).count()
    missing = Element.objects.filter(domain__version=held.version_id).count() - answered
    if missing:
        raise Invalid(f"Answer every element first: {missing} {'is' if missing == 1 else 'are'} not answered yet.")
    if held.version.stages and held.stage is None:
        raise Invalid("Choose the stage you assess at first.")
    if not appraisers_for(held.clinician).filter(pk=appraiser.pk).exists():
        raise Invalid("Choose an appraiser from the list.", field="appraiser")
    choice = ExpectationChoice.objects.filter(organisation=held.clinician.organisation_id).first()
    held.appraiser = appraiser
    held.career_stage = held.clinician.career_stage
    held.matrix = held.version.matrix_or_only(choice.matrix if choice else Matrix.CUMULATIVE)
    held.submitted_at, held.submitted_by = timezone.now(), by
    return _move(held, State.SUBMITTED, by=by)


@transaction.atomic
def take_back(*, assessment: Assessment, by: User) -> Assessment:
    """The clinician takes a submitted assessment back, to change it."""
    held = _hold_own(assessment, by=by, needs=State.SUBMITTED)
    held.submitted_at = held.submitted_by = None
    return _move(held, State.DRAFT, by=by)


@transaction.atomic
def withdraw(*, assessment: Assessment, by: User) -> Assessment:
    """The clinician gives a draft or submitted assessment up for good; it stays readable for them alone."""
    return _move(_hold_own(assessment, by=by), State.WITHDRAWN, by=by)


@transaction.atomic
def send_back(*, assessment: Assessment, reason: str, by: User) -> Assessment:
    """The appraiser returns a submitted assessment to the clinician, saying why."""
    held = _hold_sent(assessment, by=by)
    if not reason.strip():
        raise Invalid("Say what should be changed or added.", field="reason")
    _check_text(reason, REASON_LENGTH, "reason")
    held.submitted_at = held.submitted_by = None
    return _move(held, State.DRAFT, by=by, reason=reason.strip())


@transaction.atomic
def save_judgements(
    *, assessment: Assessment, judgements: Mapping[int, Judgement], by: User, seen: Mapping[int, str] | None = None
) -> None:
    """Save the appraiser's levels for some elements, by element key, before agreeing; `seen` as in `save_answers`.

    Raises Invalid for an element of another framework, a level not on its scale, or a level that differs from the
    clinician's own without a reason.
    """
    held = _hold_sent(assessment, by=by)
    elements = _elements(held, judgements)
    stored = _stored(held, judgements)
    for key, judgement in judgements.items():
        _check_level(held, elements[key], judgement.level, required=True)
        _check_text(judgement.reason, REASON_LENGTH, f"reason_{key}")
        if judgement.level != stored[key].self_level and not judgement.reason.strip():
            raise Invalid("Give a reason, as your level differs.", field=f"reason_{key}")
    _check_seen(stored, seen, {k: (j.level, j.reason) for k, j in judgements.items()}, ("agreed_level", "reason"))
    changed = []
    for key, judgement in judgements.items():
        row = stored[key]
        if (row.agreed_level, row.reason) != (judgement.level, judgement.reason):
            row.agreed_level, row.reason = judgement.level, judgement.reason
            changed.append(row)
    _write(changed)


@transaction.atomic
def agree(*, assessment: Assessment, by: User, seen: str | None = None) -> Assessment:
    """The appraiser agrees every level; from then on nothing of it can change, and selection may know the levels.

    `seen` is the mark (`mark_of`) of what the appraiser was shown: WrongState if it is no longer what is stored.
    """
    held = _hold_sent(assessment, by=by)
    levels = list(held.levels.all())
    if seen is not None and seen != mark_of(levels):
        raise WrongState("The levels have changed since you checked them. Read them again before you agree.")
    if any(level.agreed_level is None for level in levels):
        raise WrongState("Some levels have not been agreed yet. Go through them again before you agree.")
    held.agreed_at, held.agreed_by = timezone.now(), by
    agreed = _move(held, State.AGREED, by=by)
    selection_facts_changed.send(Assessment, clinician_ids=[agreed.clinician_id])
    return agreed


@transaction.atomic
def choose_expectations(*, organisation: Organisation, matrix: Matrix, by: User) -> ExpectationChoice:
    """Choose which matrix an organisation reads levels by; assessments already submitted keep theirs."""
    if not by.scope_for(Permission.EXPECTATION_CHOOSE).covers(frozenset({organisation.pk})):
        raise NotAllowed("You cannot choose this for the organisation.")
    choice, _ = ExpectationChoice.objects.update_or_create(organisation=organisation, defaults={"matrix": matrix})
    record("expectations.chosen", organisation, by=by, organisation_id=organisation.pk, detail={"matrix": matrix})
    return choice


# --- what the actions share ----------------------------------------------------------------------------------------


def _check_own(clinician: Clinician, by: User) -> None:
    if by.scope_for(Permission.ASSESSMENT_EDIT).user_id is None or clinician.user_id != by.pk:
        raise NotAllowed("Only the clinician can do this.")


def _hold(assessment: Assessment) -> Assessment:
    """The row as it is now, locked: of two people at once the second waits, then sees what the first did."""
    rows = Assessment.objects.select_related("clinician", "version").select_for_update(of=("self",), no_key=True)
    return rows.get(pk=assessment.pk)


def _hold_own(assessment: Assessment, *, by: User, needs: State | None = None) -> Assessment:
    held = _hold(assessment)
    _check_own(held.clinician, by)
    if needs is not None and held.state != needs:
        raise WrongState(_NOW[State(held.state)])
    return held


def _hold_sent(assessment: Assessment, *, by: User) -> Assessment:
    held = _hold(assessment)
    if by.scope_for(Permission.ASSESSMENT_AGREE).user_id is None or held.appraiser_id != by.pk:
        raise NotAllowed("Only the appraiser it was sent to can do this.")
    if held.state != State.SUBMITTED:
        raise WrongState(_NOW[State(held.state)])
    return held


_NOW = {
    State.DRAFT: "This assessment is a draft again: it was taken back or returned.",
    State.SUBMITTED: "This assessment has already been sent to the appraiser.",
    State.AGREED: "This assessment has already been agreed. It can only be superseded by a newer one.",
    State.WITHDRAWN: "This assessment has been withdrawn.",
}


def _move(held: Assessment, after: State, *, by: User, reason: str = "") -> Assessment:
    before = State(held.state)
    if after not in TRANSITIONS[before]:
        raise WrongState(_NOW[before])
    held.state = after
    held.save()
    _note(held, before=before, by=by, reason=reason)
    return held


def _note(assessment: Assessment, *, before: str, by: User, reason: str = "") -> None:
    after = assessment.state
    AssessmentTransition.objects.create(assessment=assessment, before=before, after=after, by=by, reason=reason)
    verb = "reopened" if (before, after) == (State.SUBMITTED, State.DRAFT) else "started" if not before else after
    detail = {"clinician": assessment.clinician_id, "framework": assessment.framework, "reason": reason}
    organisation_id = assessment.clinician.organisation_id
    record(f"assessment.{verb}", assessment, by=by, organisation_id=organisation_id, detail=detail)


def _elements(assessment: Assessment, keys: Iterable[int]) -> dict[int, Element]:
    wanted = set(keys)
    found = Element.objects.filter(domain__version=assessment.version_id, pk__in=wanted).select_related("domain")
    elements = {element.pk: element for element in found}
    if elements.keys() != wanted:
        raise Invalid("This element is not part of the framework.")
    return elements


def _check_level(assessment: Assessment, element: Element, level: int | None, *, required: bool) -> None:
    if level is None and not required:
        return
    scale = assessment.version.scale(element.domain.scale)
    if level not in {value.value for value in element.answers(scale)}:
        raise Invalid("Choose one of the levels shown.", field=f"level_{element.pk}")


def _check_text(text: str, most: int, field: str) -> None:
    if len(text) > most:
        raise Invalid(f"Use at most {most:,} characters; this has {len(text):,}.", field=field)
    if "\x00" in text:
        raise Invalid("Remove the null characters.", field=field)


def _stored(assessment: Assessment, keys: Iterable[int]) -> dict[int, ElementLevel]:
    return {row.element_id: row for row in assessment.levels.filter(element__in=list(keys))}


def _check_seen(
    stored: Mapping[int, ElementLevel],
    seen: Mapping[int, str] | None,
    sent: Mapping[int, tuple],
    fields: tuple[str, str],
) -> None:
    overtaken = []
    if seen is None:
        return
    for key, said in sent.items():
        row = stored.get(key)
        now = tuple(getattr(row, field) for field in fields) if row else (None, "")
        if now != said and seen.get(key) != mark(row):
            overtaken.append(key)
    if overtaken:
        raise Overtaken(overtaken)


def _write(rows: list[ElementLevel]) -> None:
    # The assessment is locked, so nobody else adds the rows that were not there.
    ElementLevel.objects.bulk_create(row for row in rows if row.pk is None)
    fields = ["self_level", "evidence", "agreed_level", "reason"]
    ElementLevel.objects.bulk_update([row for row in rows if row.pk is not None], fields)
