"""Messages about places: offered, waiting, promoted, lapsed, feedback, and what became of an appeal."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import Max
from django.urls import reverse

from programmes.models import Appeal, Application, ApplicationTransition
from programmes.states import IN_SELECTION, AppealState, ApplicationState, CohortState
from registry.accounts.letters import letter, to_user, with_readers
from registry.accounts.models import User
from registry.nhsuk.dates import long_date
from registry.notifications import outbox
from registry.notifications.kinds import Kind, Outgoing, Words

PLACE = "programme_offer"
FEEDBACK = "programme_feedback"
APPEAL = "programme_appeal"
PASSED_EVERYTHING = (
    "You passed every gate. There were fewer places than people who did, and places went to those with more points."
)
OVER = (ApplicationState.DECLINED, ApplicationState.WITHDRAWN, ApplicationState.NOT_SELECTED)


def tell(applications: Iterable[Application]) -> None:
    """What has just become of these applications as to a place; one message for each step."""
    _put(PLACE, applications, "step")


def tell_feedback(applications: Iterable[Application]) -> None:
    """The feedback on these applications, which were not selected."""
    _put(FEEDBACK, applications, "result")


def tell_appeal(appeal: Appeal) -> None:
    """What was decided about an appeal."""
    clinician = appeal.application.clinician
    if clinician.user_id:
        told = to_user(clinician.user_id, APPEAL, appeal.pk, "decided", organisation_id=clinician.organisation_id)
        outbox.add([told])


def _put(kind: str, applications: Iterable[Application], step: str) -> None:
    rows = {row.pk: row for row in applications}
    last = ApplicationTransition.objects.filter(application__in=rows).order_by().values_list("application")
    outbox.add(
        to_user(user_id, kind, key, f"{step}:{newest}", organisation_id=rows[key].clinician.organisation_id)
        for key, newest in last.annotate(newest=Max("pk"))
        if (user_id := rows[key].clinician.user_id)
    )


def compose_place(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """What became of an application as to a place; left out where it, or the cohort, has moved on since."""
    keys = {outgoing.head.about_id for outgoing in batch}
    rows = {row.pk: row for row in Application.objects.filter(pk__in=keys).with_people()}
    steps = {outgoing.head.pk: int(outgoing.head.step.partition(":")[2]) for outgoing in batch}
    moved = ApplicationTransition.objects.in_bulk(set(steps.values()))
    words = {}
    for head, reader in with_readers(batch):
        row, step = rows.get(head.about_id), moved.get(steps[head.pk])
        if row is not None and step is not None and row.state == step.after:
            said = _said(row, step)
            if said is not None:
                subject, lines, href = said
                words[head.pk] = _words(reader, row, subject, lines, href)
    return words


def _said(row: Application, step: ApplicationTransition) -> tuple[str, list[str], str] | None:
    here = reverse("applying:application", args=[row.pk])
    if row.cohort.state == CohortState.CANCELLED:
        return None
    if row.state == ApplicationState.OFFERED:
        promoted = step.before == ApplicationState.RESERVE
        first = (
            f"A place fell free in {row.cohort}, and it is yours"
            if promoted
            else f"You have won a place in {row.cohort}"
        )
        lines = [
            f"{first} if you accept it by {long_date(row.answer_by)}.",
            "After that day it goes to the next person on the waiting list. Accept it, or turn it down, on this page:",
        ]
        return f"A place for you: {row.cohort}", lines, reverse("selecting:offer", args=[row.pk])
    if row.state == ApplicationState.RESERVE:
        lines = [
            f"You passed every gate of {row.cohort}. All places are offered to people ranked before you.",
            "You are on the waiting list.",
            "When a place falls free for you, we tell you at once. You need to do nothing. See where you stand:",
        ]
        return f"You are on the waiting list: {row.cohort}", lines, here
    if row.state == ApplicationState.DECLINED and step.by_id is None:
        lines = [
            f"You did not answer the offer of a place in {row.cohort} by {long_date(row.answer_by)}.",
            "It has gone to somebody else.",
            "See your application:",
        ]
        return f"Your offer has lapsed: {row.cohort}", lines, here
    return None


def compose_feedback(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """The feedback, with how to appeal while one can; left out where an appeal has brought the person back since."""
    keys = {outgoing.head.about_id for outgoing in batch}
    rows = Application.objects.filter(pk__in=keys, state=ApplicationState.NOT_SELECTED).with_people()
    found = {row.pk: row for row in rows}
    words = {}
    for head, reader in with_readers(batch):
        row = found.get(head.about_id)
        if row is not None:
            appeal = ", and until when you can appeal" if row.cohort.state in IN_SELECTION else ""
            lines = [
                f"You were not selected for {row.cohort}. This is the feedback on your application:",
                row.feedback,
                f"On this page you also see every gate{appeal}:",
            ]
            here = reverse("applying:application", args=[row.pk])
            words[head.pk] = _words(reader, row, f"Feedback on your application: {row.cohort}", lines, here)
    return words


def compose_appeal(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """What was decided about an appeal, and why."""
    rows = Appeal.objects.select_related(
        "application__clinician__organisation", "application__cohort__version__programme"
    ).in_bulk({outgoing.head.about_id for outgoing in batch})
    words = {}
    for head, reader in with_readers(batch):
        appeal = rows.get(head.about_id)
        if appeal is not None and appeal.state != AppealState.LODGED:
            row = appeal.application
            upheld = appeal.state == AppealState.UPHELD
            lines = [
                f"Your appeal about {row.cohort} was {'upheld' if upheld else 'not upheld'}.",
                appeal.decision_reason,
                "See where your application stands:",
            ]
            here = reverse("applying:application", args=[row.pk])
            words[head.pk] = _words(reader, row, f"Your appeal is decided: {row.cohort}", lines, here)
    return words


def _words(reader: User, row: Application, subject: str, lines: list[str], href: str) -> Words:
    return letter(reader, subject, lines, href=href, organisations=frozenset({row.clinician.organisation_id}))


def over(keys: Collection[int]) -> Collection[int]:
    """Those of these applications about which nothing will be told any more."""
    still = Application.objects.filter(pk__in=keys).exclude(state__in=OVER).values_list("pk", flat=True)
    return set(keys) - set(still)


def over_appeals(keys: Collection[int]) -> Collection[int]:
    """Those of these appeals that are decided, or gone."""
    return set(keys) - set(Appeal.objects.filter(pk__in=keys, state=AppealState.LODGED).values_list("pk", flat=True))


KINDS = (
    Kind(PLACE, "Place in a programme", compose_place, is_over=over),
    Kind(FEEDBACK, "Feedback on an application", compose_feedback, is_over=over),
    Kind(APPEAL, "Appeal about a programme", compose_appeal, is_over=over_appeals),
)
