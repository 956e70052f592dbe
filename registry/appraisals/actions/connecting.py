"""Doctors' connections to a designated body, and what its responsible officer recommends."""

import datetime
from collections.abc import Collection

from django.db import IntegrityError, transaction

from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.appraisals import bounds
from registry.appraisals.models import Connection, Recommendation
from registry.appraisals.states import ConnectionKind, RecommendationKind
from registry.audit.record import record, record_many
from registry.clinicians.fields import Profession
from registry.clinicians.models import Clinician
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from registry.kernel.permissions import Permission
from registry.organisations.models import Organisation


@transaction.atomic
def connect_doctors(
    *,
    doctors: Collection[Clinician],
    designated_body: Organisation,
    responsible_officer: User | None,
    kind: ConnectionKind,
    started_on: datetime.date,
    by: User,
) -> int:
    """Connect all of these doctors to a designated body, or none; answers how many.

    Raises NotAllowed outside the officer's organisations, Invalid for nobody, for somebody who is not a doctor, for a
    day in the future or somebody who does not hold the role there, and WrongState where one of them is connected.
    """
    places = {doctor.organisation_id for doctor in doctors} | {designated_body.pk}
    if not by.scope_for(Permission.APPRAISAL_MANAGE).covers(frozenset(places)):
        raise NotAllowed("You do not connect doctors there.")
    if not doctors or any(doctor.profession != Profession.DOCTOR for doctor in doctors):
        raise Invalid("Choose doctors: only they have a designated body.")
    bounds.check_in_career(started_on, field="started_on")
    if responsible_officer is not None and not _holds(responsible_officer, designated_body):
        raise Invalid("Choose somebody who holds the role there.", field="responsible_officer")
    try:
        with transaction.atomic():
            rows = Connection.objects.bulk_create(
                Connection(
                    clinician=doctor,
                    designated_body=designated_body,
                    responsible_officer=responsible_officer,
                    kind=kind,
                    started_on=started_on,
                )
                for doctor in doctors
            )
    except IntegrityError as error:
        raise WrongState("One of these doctors has been connected meanwhile. Nobody was connected.") from error
    detail = {"responsible_officer": responsible_officer.pk if responsible_officer else None, "kind": kind}
    record_many("connection.started", rows, by=by, organisation_id=designated_body.pk, detail=detail)
    return len(rows)


@transaction.atomic
def end_connection(*, connection: Connection, ended_on: datetime.date, by: User) -> None:
    """Note a connection's last day.

    Raises NotAllowed where `by` does not look after the designated body, WrongState for one that has ended, Invalid,
    with the field, for a day before its first or in the future.
    """
    held = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
    if not by.scope_for(Permission.APPRAISAL_MANAGE).covers(frozenset({held.designated_body_id})):
        raise NotAllowed("You do not keep the connections of this designated body.")
    if held.ended_on is not None:
        raise WrongState("This connection has ended already.")
    if not held.started_on <= ended_on <= today():
        raise Invalid("The last day must be between the first day and today.", field="ended_on")
    held.ended_on = ended_on
    held.save(update_fields=["ended_on"])
    record(
        "connection.ended",
        held,
        by=by,
        organisation_id=held.designated_body_id,
        detail={"ended_on": ended_on.isoformat()},
    )


@transaction.atomic
def recommend(
    *,
    connection: Connection,
    due_on: datetime.date,
    kind: RecommendationKind,
    deferred_to: datetime.date | None,
    reason: str,
    made_on: datetime.date,
    by: User,
) -> Recommendation:
    """Record what a responsible officer recommended to the GMC for a revalidation date; a later one corrects it.

    Raises NotAllowed for anybody but the connection's responsible officer, and about themself; WrongState once it has
    ended; and Invalid, with the field, for a deferral to no later day, a missing reason, or a day in the future.
    """
    rows = Connection.objects.select_for_update(of=("self",), no_key=True).select_related("clinician")
    held = rows.get(pk=connection.pk)
    may = by.scope_for(Permission.RECOMMENDATION_MAKE).user_id is not None
    may &= held.designated_body_id in by.places_of(Role.RESPONSIBLE_OFFICER)
    if not may or held.responsible_officer_id != by.pk:
        raise NotAllowed("Only the responsible officer of this doctor recommends.")
    if held.clinician.user_id == by.pk:
        raise NotAllowed("Somebody else recommends about you.")
    if held.ended_on is not None and held.ended_on < today():
        raise WrongState("This connection has ended.")
    if kind == RecommendationKind.DEFER and (deferred_to is None or deferred_to <= due_on):
        raise Invalid("Enter a day after the revalidation date.", field="deferred_to")
    if kind == RecommendationKind.DEFER and deferred_to is not None:
        bounds.check_between(
            deferred_to, due_on, max(due_on, today()) + bounds.LONGEST_POSTPONEMENT, field="deferred_to"
        )
    if kind != RecommendationKind.REVALIDATE and not reason.strip():
        raise Invalid("Enter the reason.", field="reason")
    bounds.check_between(made_on, held.started_on, today(), field="made_on")
    row = Recommendation.objects.create(
        connection=held,
        kind=kind,
        due_on=due_on,
        deferred_to=deferred_to if kind == RecommendationKind.DEFER else None,
        reason=reason.strip(),
        made_on=made_on,
        made_by=by,
    )
    record("recommendation.made", row, by=by, organisation_id=held.designated_body_id)
    return row


def _holds(user: User, body: Organisation) -> bool:
    return bool(User.holding(Role.RESPONSIBLE_OFFICER, at=body).filter(pk=user.pk).exists())
