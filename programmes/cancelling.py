"""The message that a cohort is cancelled, to everybody who applied for it or takes part in it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.urls import reverse

from programmes.models import Application, Cohort, CohortTransition, Enrolment
from programmes.states import ApplicationState, CohortState, EnrolmentState
from registry.accounts.letters import from_template, to_user, with_readers
from registry.notifications import outbox
from registry.notifications.kinds import Kind, Outgoing, Words

KIND_NAME = "programme_cancelled"
S = ApplicationState
# Whom it does not concern any more.
GONE = (S.NOT_SELECTED, S.DECLINED, S.WITHDRAWN)
LEFT = (EnrolmentState.WITHDRAWN, EnrolmentState.TRANSFERRED)


def tell(cohort: Cohort) -> None:
    """Put down a message to each person with an account whom it concerns; in the transaction that cancels.

    Whoever has only begun an application has told nobody, so no officer of theirs sees their message.
    """
    applied = Application.objects.filter(cohort=cohort).exclude(state__in=[*GONE, S.ACCEPTED])
    begun, sent = applied.filter(state=S.DRAFT), applied.exclude(state=S.DRAFT)
    placed = Enrolment.objects.filter(cohort=cohort).exclude(state__in=LEFT)
    people: dict[int, int | None] = {row["clinician__user"]: None for row in _people(begun)}
    people |= {row["clinician__user"]: row["clinician__organisation"] for row in _people(sent) + _people(placed)}
    outbox.add(
        to_user(user_id, KIND_NAME, cohort.pk, "cancelled", organisation_id=organisation_id)
        for user_id, organisation_id in people.items()
    )


def compose(batch: Sequence[Outgoing]) -> Mapping[int, Words]:
    """The words of these messages."""
    about = {outgoing.head.about_id for outgoing in batch}
    cohorts = {row.pk: row for row in Cohort.objects.filter(pk__in=about).with_programme()}
    steps = CohortTransition.objects.filter(cohort__in=about, after=CohortState.CANCELLED)
    reasons = dict(steps.values_list("cohort", "reason"))
    words = {}
    for head, reader in with_readers(batch):
        cohort = cohorts.get(head.about_id)
        if cohort is not None:
            href = reverse("programmes:cohort", args=[cohort.pk])
            context = {"cohort": cohort, "reason": reasons.get(cohort.pk, "")}
            template = "programmes/catalogue/email/cancelled.txt"
            words[head.pk] = from_template(reader, f"Cancelled: {cohort}", template, context, href=href)
    return words


def over(cohorts: Collection[int]) -> Collection[int]:
    """All of them: a cohort is cancelled once."""
    return cohorts


def _people(rows: Any) -> list[dict[str, int]]:
    reached = rows.filter(clinician__user__isnull=False).order_by()
    return list(reached.values("clinician__user", "clinician__organisation"))


KIND = Kind(KIND_NAME, "Cancelled cohort of a programme", compose, is_over=over)
