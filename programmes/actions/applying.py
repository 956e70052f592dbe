"""Applying for a cohort: keeping a draft, sending it, asking the line manager, taking it back."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from programmes import evidence, gates, steps
from programmes.actions import assigning, offering
from programmes.actions.settling import result
from programmes.applicants import messages
from programmes.fields import GateKind
from programmes.gates import Outcome, Verdict
from programmes.models import (
    Answer,
    Application,
    ApplicationTransition,
    Cohort,
    Criterion,
    Endorsement,
    Gate,
    GateResult,
    Programme,
    Reading,
)
from programmes.models.applications import ANSWER_LENGTH
from programmes.states import WAITING, WITHDRAWABLE, ApplicationState, CohortState
from programmes.wording import listed
from registry.accounts.models import User
from registry.audit.record import record
from registry.clinicians.fields import CareerStage, Profession
from registry.clinicians.models import Clinician
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, WrongState
from registry.kernel.permissions import Permission
from registry.nhsuk.dates import long_date
from registry.nhsuk.seen import check_seen, mark

# Answers to the criteria of the written application, by the criterion's key.
Answers = Mapping[int, str]


@transaction.atomic
def save(*, cohort: Cohort, clinician: Clinician, answers: Answers, by: User, seen: str | None = None) -> Application:
    """Keep a draft, whole or not; the first time it is made.

    Raises NotAllowed unless it is one's own, WrongState while the cohort takes no applications or once it was sent,
    Stale where the draft was saved in another window since (`seen`, of `mark_of`), Invalid for an answer too long.
    """
    held = steps.locked(cohort.pk)
    return _keep(held, clinician, answers, seen, by)


@transaction.atomic
def send(*, cohort: Cohort, clinician: Clinician, answers: Answers, by: User, seen: str | None = None) -> Application:
    """Send an application: what the registry can judge now is judged, and the line manager is asked.

    What the applicant still had to score for the cohort as an assessor goes to others.
    Raises what `save` raises; and Invalid, with nothing written, for somebody the programme is not for or who does
    not pass the gates that come first (which, and why), without a line manager who can be asked, or with an answer
    missing.
    """
    held = steps.locked(cohort.pk)
    application = _keep(held, clinician, answers, seen, by)
    person = Clinician.objects.select_related("line_manager__user", "organisation").get(pk=clinician.pk)
    application.clinician, application.cohort = person, held
    if unsuitable := not_for(held.version.programme, person):
        raise Invalid(f"You cannot apply: {unsuitable}")
    passed = _first_gates(application)
    for criterion in criteria(held):
        if not answers.get(criterion.pk, "").strip():
            raise Invalid(f"Answer the question about “{criterion.name}”.", field=field(criterion))
    GateResult.objects.bulk_create(result(application, verdict) for verdict in passed)
    if asks_manager(held):
        _ask(application)
    application.submitted_at = timezone.now()
    steps.move(application, ApplicationState.SUBMITTED, by=by, also=("submitted_at",))
    assigning.replace_reader(held, by)
    messages.tell_received(application)
    _note("application.sent", application, by)
    return application


@transaction.atomic
def ask_manager(*, application: Application, by: User) -> None:
    """Ask the line manager that the profile names now, where another was asked and has not answered."""
    row = _own(application, by)
    asked = Endorsement.objects.waiting().select_related("manager").filter(application=row).first()
    if asked is None:
        raise WrongState("No line manager waits to answer about this application.")
    try:
        manager = manager_of(row.clinician)
    except Invalid as refused:
        raise WrongState(refused.message) from refused
    if manager == asked.manager:
        raise WrongState(f"{manager} is your line manager and has been asked already.")
    asked.manager, asked.asked_at, asked.application = manager, timezone.now(), row
    asked.save(update_fields=["manager", "asked_at"])
    messages.tell_manager(asked)
    _note("application.manager_asked", row, by)


@transaction.atomic
def withdraw(*, application: Application, by: User, reason: str = "") -> Application:
    """Take an application back, at any time before a place is accepted; it cannot be sent again."""
    row = _own(application, by)
    if row.state not in WITHDRAWABLE:
        raise WrongState("This application can no longer be withdrawn.")
    steps.move(row, ApplicationState.WITHDRAWN, by=by, reason=steps.worded(reason, field="reason"))
    _note("application.withdrawn", row, by)
    offering.fill(cohort=row.cohort, by=by)
    return row


@transaction.atomic
def withdraw_for(*, application: Application, reason: str, by: User) -> Application:
    """Take an application back for somebody who cannot or will not do so; they are told, with the reason.

    Raises NotAllowed for whoever does not run the programme or competes in it, Invalid without a reason, WrongState for
    one's own and once a place is accepted.
    """
    held = steps.locked(application.cohort_id)
    steps.require_selecting(by, held)
    row = _locked(held, application)
    steps.require_of_others(by, row.clinician.user_id)
    if row.state not in WAITING:
        raise WrongState("This application can no longer be withdrawn.")
    words = steps.worded(reason, field="reason", needed="Say why. The applicant is told.")
    steps.move(row, ApplicationState.WITHDRAWN, by=by, reason=words)
    messages.tell_withdrawn(row)
    _note("application.withdrawn_for", row, by)
    offering.fill(cohort=held, by=by)
    return row


def not_for(programme: Programme, clinician: Clinician) -> str:
    """Why a programme that says whom it is for is not for this clinician; empty where it is."""
    if programme.professions and clinician.profession not in programme.professions:
        for_whom = listed(Profession(one).label for one in programme.professions)
        return f"this programme is for these professions: {for_whom}."
    if programme.career_stages and clinician.career_stage not in programme.career_stages:
        for_whom = listed(CareerStage(one).label for one in programme.career_stages)
        return f"this programme is for these career stages: {for_whom}."
    return ""


def barred_because(cohort: Cohort, clinician: Clinician) -> str:
    """Why this clinician in particular cannot apply for this cohort; empty where they can."""
    if cohort.enrolments.filter(clinician=clinician).exists():
        return "You have or had a place in this cohort already, so you cannot apply for it."
    read = Reading.objects.counting().filter(application__cohort=cohort, assessor=clinician.user_id)
    if read.exists():
        return (
            "You have scored applications for this cohort, so you cannot compete with them. You can apply for a later "
            "cohort."
        )
    return ""


def closed_because(cohort: Cohort) -> str:
    """Why nobody can apply for this cohort today; empty where people can."""
    if cohort.version.closed_at is not None:
        return "This version of the programme takes no more applications."
    if cohort.state == CohortState.CANCELLED:
        return "This cohort was cancelled."
    if cohort.state == CohortState.DRAFT or (cohort.state == CohortState.OPEN and today() < cohort.opens_on):
        return f"Applications open on {long_date(cohort.opens_on)}."
    if cohort.state != CohortState.OPEN or today() > cohort.closes_on:
        return "Applications have closed."
    return ""


def criteria(cohort: Cohort) -> list[Criterion]:
    """What applicants answer in writing, in order."""
    rows = Criterion.rows().filter(gate__version=cohort.version_id, gate__kind=GateKind.WRITTEN)
    return list(rows.order_by("position"))


def asks_manager(cohort: Cohort) -> bool:
    """Whether the line manager's endorsement is one of its gates."""
    return Gate.rows().filter(version=cohort.version_id, kind=GateKind.ENDORSEMENT).exists()


def field(criterion: Criterion) -> str:
    """What the answer to this criterion is called in forms."""
    return f"answer_{criterion.pk}"


def mark_of(application: Application | None) -> str:
    """A mark of the answers that are kept, so that a page can tell whether another window changed them."""
    rows = application.answers.order_by("criterion") if application else ()
    return mark(*((row.criterion_id, row.text) for row in rows))


def manager_of(clinician: Clinician) -> User:
    """The account of the line manager, who can endorse; Invalid, saying what to do, where there is none."""
    manager = clinician.line_manager.user if clinician.line_manager else None
    if manager is None or not manager.is_active or manager.scope_for(Permission.APPLICATION_ENDORSE).user_id is None:
        lacking = (
            f"{clinician.line_manager} cannot sign in to the registry"
            if clinician.line_manager
            else "your profile names no line manager"
        )
        raise Invalid(
            "Your line manager is to endorse the application, but "
            f"{lacking}. Ask the HR team at {clinician.organisation} to put that right, and try again."
        )
    return manager


def _keep(held: Cohort, clinician: Clinician, answers: Answers, seen: str | None, by: User) -> Application:
    steps.require_own(by, Permission.PROGRAMME_TAKE_PART, clinician.user_id)
    rows = Application.objects.filter(cohort=held, clinician=clinician)
    row: Application | None = rows.select_for_update(no_key=True).first()
    if row is not None and row.state == ApplicationState.WITHDRAWN:
        raise WrongState("You withdrew your application for this cohort, so you cannot apply for it again.")
    if row is not None and row.state != ApplicationState.DRAFT:
        raise WrongState("You have applied for this cohort already.")
    if closed := closed_because(held) or barred_because(held, clinician):
        raise WrongState(closed)
    check_seen(seen, stored=mark_of(row))
    asked = {criterion.pk: criterion for criterion in criteria(held)}
    texts = {
        key: steps.worded(text, field=field(asked[key]), most=ANSWER_LENGTH)
        for key, text in answers.items()
        if key in asked
    }
    if row is None:
        row = Application.objects.create(cohort=held, clinician=clinician)
        ApplicationTransition.objects.create(application=row, after=row.state, by=by)
        _note("application.started", row, by)
    Answer.objects.bulk_create(
        [Answer(application=row, criterion=asked[key], text=text) for key, text in texts.items()],
        update_conflicts=True,
        unique_fields=["application", "criterion"],
        update_fields=["text"],
    )
    return row


def _first_gates(application: Application) -> list[Verdict]:
    """The gates passed before the first that waits for somebody; Invalid where one of them is not."""
    version = application.cohort.version_id
    rules = evidence.rules([version])[version]
    (known,) = evidence.of([application])
    passed = []
    for rule, verdict in zip(rules, gates.walk(rules, known), strict=True):
        if verdict.outcome == Outcome.FAILED:
            label = GateKind(rule.kind.value).label.lower()
            raise Invalid(f"You do not pass this gate yet: {label}. {verdict.reason}")
        if verdict.outcome == Outcome.PASSED:
            passed.append(verdict)
    return passed


def _ask(application: Application) -> None:
    manager = manager_of(application.clinician)
    messages.tell_manager(Endorsement.objects.create(application=application, manager=manager))


def _own(application: Application, by: User) -> Application:
    """The application, locked after its cohort; NotAllowed unless it is one's own."""
    row = _locked(steps.locked(application.cohort_id), application)
    steps.require_own(by, Permission.PROGRAMME_TAKE_PART, row.clinician.user_id)
    return row


def _locked(held: Cohort, application: Application) -> Application:
    rows = Application.objects.select_for_update(of=("self",), no_key=True)
    related = rows.select_related("clinician__line_manager__user", "clinician__organisation")
    row: Application = related.get(pk=application.pk)
    row.cohort = held
    return row


def _note(verb: str, row: Application, by: User) -> None:
    organisation_id = row.cohort.organisation_id
    record(verb, row, by=by, organisation_id=organisation_id, detail={"cohort": row.cohort_id, "is": row.reference})
