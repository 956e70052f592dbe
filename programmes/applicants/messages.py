"""Messages about applying: received, endorsed, not selected, a manager asked, earlier learning decided on."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import Max
from django.urls import reverse

from programmes.fields import GateOutcome
from programmes.models import Application, ApplicationTransition, Endorsement, Equivalence, GateResult
from programmes.states import COHORT_OVER, IN_SELECTION, ApplicationState, EquivalenceState
from registry.accounts.letters import letter, to_user, with_readers
from registry.accounts.models import User
from registry.nhsuk.dates import long_date
from registry.notifications import outbox
from registry.notifications.kinds import Kind, Outgoing, Words

APPLICATION = "programme_application"
ENDORSEMENT = "programme_endorsement"
RESULT = "programme_result"
EQUIVALENCE = "programme_equivalence"

# After these nothing is planned about an application any more.
OVER = (ApplicationState.DECLINED, ApplicationState.WITHDRAWN)


# --- put down --------------------------------------------------------------------------------------------------------


def tell_received(application: Application) -> None:
    """That the application has come; to the applicant."""
    _put(APPLICATION, application.pk, "received", application.clinician.user_id, application.clinician.organisation_id)


def tell_answered(application: Application) -> None:
    """That the line manager has answered; to the applicant."""
    _put(APPLICATION, application.pk, "answered", application.clinician.user_id, application.clinician.organisation_id)


def tell_withdrawn(application: Application) -> None:
    """That somebody who runs the programme has withdrawn the application, and why; to the applicant."""
    _put(APPLICATION, application.pk, "withdrawn", application.clinician.user_id, application.clinician.organisation_id)


def tell_manager(endorsement: Endorsement) -> None:
    """That somebody asks for an endorsement; to the manager, once for each manager asked."""
    organisation_id = endorsement.application.clinician.organisation_id
    _put(ENDORSEMENT, endorsement.pk, "asked", endorsement.manager_id, organisation_id)


def tell_result(applications: Iterable[Application]) -> None:
    """That they were not selected, why, and how to appeal; one message for each time, however often it is put down."""
    rows = {row.pk: row for row in applications}
    steps = ApplicationTransition.objects.filter(application__in=rows).order_by().values_list("application")
    outbox.add(
        to_user(user_id, RESULT, key, f"result:{last}", organisation_id=rows[key].clinician.organisation_id)
        for key, last in steps.annotate(last=Max("pk"))
        if (user_id := rows[key].clinician.user_id)
    )


def tell_equivalence(equivalence: Equivalence) -> None:
    """What was decided about earlier learning; to whoever asked."""
    clinician = equivalence.clinician
    _put(EQUIVALENCE, equivalence.pk, "decided", clinician.user_id, clinician.organisation_id)


def _put(kind: str, about_id: int, step: str, user_id: int | None, organisation_id: int) -> None:
    """Somebody without an account is told nothing: they see no page either."""
    if user_id:
        outbox.add([to_user(user_id, kind, about_id, step, organisation_id=organisation_id)])


# --- in words --------------------------------------------------------------------------------------------------------


def compose_application(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """That it has come, that the manager has answered, or that it was withdrawn for them; after that nothing else."""
    rows = _applications(batch)
    taken_back = ApplicationTransition.objects.filter(application__in=rows, after=ApplicationState.WITHDRAWN)
    reasons = dict(taken_back.values_list("application", "reason"))
    words = {}
    for head, reader in with_readers(batch):
        row, step = rows.get(head.about_id), head.step
        if row is None or (row.state == ApplicationState.WITHDRAWN) != (step == "withdrawn"):
            continue
        what = f"{row.cohort}"
        if step == "withdrawn":
            subject = f"Your application is withdrawn: {what}"
            said = [f"Those who run the programme have withdrawn your application for {what}."]
            said += [f"The reason: {reasons[row.pk]}", "See your application:"]
        elif step == "received":
            subject = f"We have your application: {what}"
            said = [f"Your application for {what} has come. Its reference is {row.reference}."]
            said.append("You can follow where it stands, and withdraw it, on this page:")
        else:
            subject = f"Your line manager has answered: {what}"
            said = [f"Your line manager has answered about your application for {what}.", "Read the answer here:"]
        href = reverse("applying:application", args=[row.pk])
        words[head.pk] = _words(reader, row.clinician.organisation_id, subject, said, href)
    return words


def compose_endorsement(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """To the manager who is asked now, and has not answered."""
    keys = [outgoing.head.about_id for outgoing in batch]
    asked = Endorsement.objects.waiting().filter(pk__in=keys)
    rows = {
        row.pk: row for row in asked.select_related("application__cohort__version__programme", "application__clinician")
    }
    words = {}
    for head, reader in with_readers(batch):
        row = rows.get(head.about_id)
        if row is None or row.manager_id != reader.pk:
            continue
        person, cohort = row.application.clinician, row.application.cohort
        said = [
            f"{person} has applied for {cohort}, and needs you to say that you support it and protect the time for it.",
            f"Applications close on {long_date(cohort.closes_on)}. Please answer by then here:",
        ]
        href = reverse("applying:endorse", args=[row.pk])
        subject = f"{person} asks for your endorsement"
        words[head.pk] = _words(reader, person.organisation_id, subject, said, href)
    return words


def compose_result(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """That it was not successful, with the reason that the gate gave; not where an appeal has changed it meanwhile."""
    rows = _applications(batch)
    failed = GateResult.objects.filter(application__in=rows, outcome=GateOutcome.FAILED)
    reasons = dict(failed.order_by("gate__position").values_list("application", "reason"))
    words = {}
    for head, reader in with_readers(batch):
        row = rows.get(head.about_id)
        if row is None or row.state != ApplicationState.NOT_SELECTED:
            continue
        said = [f"You were not selected for {row.cohort}."]
        said += [f"The reason: {reasons[row.pk]}"] if row.pk in reasons else []
        appeal = " If you think it is wrong, you can appeal there:" if row.cohort.state in IN_SELECTION else ""
        said.append(f"The page below has the reason and any feedback.{appeal}")
        href = reverse("applying:application", args=[row.pk])
        subject = f"Your application: {row.cohort}"
        words[head.pk] = _words(reader, row.clinician.organisation_id, subject, said, href)
    return words


def compose_equivalence(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """What was decided, without the qualification's name in the subject."""
    keys = [outgoing.head.about_id for outgoing in batch]
    rows = Equivalence.objects.select_related("clinician").in_bulk(keys)
    words = {}
    for head, reader in with_readers(batch):
        row = rows.get(head.about_id)
        if row is None:
            continue
        recognised = row.state == EquivalenceState.RECOGNISED
        said = [f"{row.title}: {row.get_state_display().lower()}.", "Read the decision and the reason here:"]
        subject = f"Your earlier learning is {'recognised' if recognised else 'not recognised'}"
        href = reverse("applying:equivalences")
        words[head.pk] = _words(reader, row.clinician.organisation_id, subject, said, href)
    return words


def _applications(batch: Sequence[Outgoing]) -> dict[int, Application]:
    keys = {outgoing.head.about_id for outgoing in batch}
    return {row.pk: row for row in Application.objects.filter(pk__in=keys).with_people()}


def _words(reader: User, organisation_id: int, subject: str, paragraphs: list[str], href: str) -> Words:
    return letter(reader, subject, paragraphs, href=href, organisations=frozenset({organisation_id}))


def over(applications: Collection[int]) -> Collection[int]:
    """Those of these applications about which nothing will be planned any more."""
    still = Application.objects.filter(pk__in=applications).exclude(state__in=OVER)
    still = still.exclude(cohort__state__in=COHORT_OVER)
    return set(applications) - set(still.values_list("pk", flat=True))


def decided(equivalences: Collection[int]) -> Collection[int]:
    """Those of these that were decided on: there is one message about each."""
    waiting = Equivalence.objects.filter(pk__in=equivalences, state=EquivalenceState.ASKED)
    return set(equivalences) - set(waiting.values_list("pk", flat=True))


KINDS = (
    Kind(APPLICATION, "Application for a programme", compose_application, is_over=over),
    Kind(ENDORSEMENT, "Endorsement asked of a line manager", compose_endorsement, is_over=over),
    Kind(RESULT, "Result of an application", compose_result, is_over=over),
    Kind(EQUIVALENCE, "Decision about earlier learning", compose_equivalence, is_over=decided),
)
