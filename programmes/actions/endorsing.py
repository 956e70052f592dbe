"""A line manager's answer to an application: yes, with protected time, or no, with a reason."""

from django.db import transaction
from django.utils import timezone

from programmes import steps
from programmes.applicants import messages
from programmes.models import Application, Endorsement
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission


@transaction.atomic
def answer(
    *, endorsement: Endorsement, endorsed: bool, protected_time: bool = False, reason: str = "", by: User
) -> None:
    """Say whether one endorses an application; once, and before its gate has been settled.

    Raises NotAllowed for anybody but the manager who was asked; Invalid, with the field, for a yes without protected
    time, which is none, and for a no without a reason; WrongState where it was answered, the selection has passed it
    by, or the application was taken back.
    """
    held = steps.locked(endorsement.application.cohort_id)
    rows = Application.objects.select_for_update(of=("self",), no_key=True).select_related("clinician")
    application = rows.get(pk=endorsement.application_id)
    row = Endorsement.objects.select_for_update(no_key=True).get(pk=endorsement.pk)
    row.application = application
    if row.manager_id != by.pk or by.scope_for(Permission.APPLICATION_ENDORSE).user_id is None:
        raise NotAllowed("Only the line manager who was asked endorses an application.")
    if not Endorsement.objects.waiting().filter(pk=row.pk).exists():
        raise WrongState("This application no longer waits for your answer.")
    if endorsed and not protected_time:
        raise Invalid("Confirm that the time is protected. Without it, choose no and say why.", field="protected_time")
    needed = "" if endorsed else "Say why you do not endorse it. The applicant reads it."
    row.reason = steps.worded(reason, field="reason", needed=needed)
    row.endorsed, row.protected_time, row.answered_at = endorsed, endorsed and protected_time, timezone.now()
    row.save(update_fields=["endorsed", "protected_time", "answered_at", "reason"])
    messages.tell_answered(application)
    record(
        "application.endorsed" if endorsed else "application.not_endorsed",
        application,
        by=by,
        organisation_id=held.organisation_id,
        detail={"cohort": held.pk},
    )
