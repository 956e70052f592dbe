"""Who is an alumnus of what, and how they let others of their programme find them."""

from django.db import transaction

from programmes.models import Alumnus, Enrolment
from programmes.steps import require_own
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.permissions import Permission as P


def welcome(enrolment: Enrolment) -> Alumnus:
    """Make somebody an alumnus of the programme they completed, found by nobody until they want to be.

    Part of completing a place: called in that transaction. Whoever completed the programme before is one already.
    """
    programme_id = enrolment.cohort.version.programme_id
    there: Alumnus | None = Alumnus.objects.filter(clinician=enrolment.clinician_id, programme=programme_id).first()
    if there is not None:
        return there
    made: Alumnus
    made, _ = Alumnus.objects.get_or_create(
        enrolment=enrolment, defaults={"clinician_id": enrolment.clinician_id, "programme_id": programme_id}
    )
    return made


@transaction.atomic
def present(*, alumnus: Alumnus, listed: bool, offers_mentoring: bool, about: str, by: User) -> Alumnus:
    """Show an alumnus in the directory of their programme, or no longer, as they want; theirs alone to say."""
    row: Alumnus = Alumnus.objects.select_for_update(of=("self",)).select_related("clinician").get(pk=alumnus.pk)
    require_own(by, P.PROGRAMME_TAKE_PART, row.clinician.user_id)
    row.listed, row.offers_mentoring, row.about = listed, offers_mentoring, about
    row.save(update_fields=["listed", "offers_mentoring", "about"])
    verb = "programme.alumnus_listed" if listed else "programme.alumnus_not_listed"
    record(verb, row, by=by, organisation_id=row.clinician.organisation_id)
    return row
