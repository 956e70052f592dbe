"""What the actions of the room share: whose a thing is, holding a venture, and what is decided on."""

from typing import Any

from registry.accounts.models import User
from registry.audit.record import record
from registry.clinicians.models import Clinician
from registry.contributions.models import Venture
from registry.contributions.states import Stage
from registry.kernel.errors import NotAllowed, WrongState
from registry.kernel.permissions import Permission
from registry.nhsuk.seen import mark


def check_own(clinician: Clinician, by: User) -> None:
    """Raises NotAllowed unless `by` is this clinician and keeps what they contribute."""
    if by.scope_for(Permission.VENTURE_EDIT).user_id is None or clinician.user_id != by.pk:
        raise NotAllowed("Only the person themself can do this.")


def held(venture_id: int) -> Venture:
    """The venture as it is now, locked: of two people at once the second waits, then sees what the first did.

    Whoever writes anything that belongs to a venture takes this lock first.
    """
    rows = Venture.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("clinician__organisation").get(pk=venture_id)


def held_own(venture: Venture, *, by: User, ended: bool = False) -> Venture:
    """The same for its owner: NotAllowed for everybody else, WrongState once it has ended, unless `ended`."""
    found = held(venture.pk)
    check_own(found.clinician, by)
    if found.stage == Stage.ENDED and not ended:
        raise WrongState("This venture has ended, so what is written about it stays as it is.")
    return found


def mark_of(venture: Venture) -> str:
    """A mark of what an officer decides on beside the declaration: the venture's words, funding and partners."""
    funding = venture.funding.values_list("source", "amount", "year")
    partners = venture.partners.values_list("name", "kind")
    return mark(venture.title, venture.problem, venture.business_model, list(funding), list(partners))


def trace(verb: str, venture: Venture, *, by: User, **detail: Any) -> None:
    """Write down that something happened to a venture; never what somebody declared."""
    clinician = venture.clinician
    about = {"venture": venture.pk}
    record(verb, clinician, by=by, organisation_id=clinician.organisation_id, detail=about | detail)
