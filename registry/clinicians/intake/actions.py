"""Writing planned staff rows in sets: people, accounts, registrations, posts."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, models, transaction

from registry.accounts.actions import open_accounts
from registry.accounts.models import User
from registry.accounts.roles import Role
from registry.audit.record import record_many
from registry.clinicians.fields import Sector
from registry.clinicians.intake.planning import plan
from registry.clinicians.intake.rows import Planned, StaffRow, Verdict
from registry.clinicians.models import Clinician, Post, Registration
from registry.kernel.constraints import foreign_keys_checked_at_once
from registry.kernel.errors import NotAllowed, WrongState
from registry.kernel.events import selection_facts_changed
from registry.kernel.locks import advisory_lock
from registry.kernel.permissions import Permission
from registry.organisations.models import Organisation

STEPS = 6


def _nothing_to_tell(step: int) -> None:
    """The default of `on_step`."""


@transaction.atomic
def take_in(
    *,
    rows: Sequence[StaffRow],
    organisation: Organisation,
    sector: Sector,
    expected: Callable[[Sequence[Planned]], bool],
    by: User | None,
    on_step: Callable[[int], None] = _nothing_to_tell,
) -> list[Planned]:
    """Write what staff rows say: new people with accounts, changed ones, registrations and posts; all or nothing.

    The rows are planned again, with the organisation's people held, and `expected` is asked whether the plan
    is still the one somebody confirmed: WrongState where it is not. Rows with a problem and rows left out write
    nothing. `by` is None only for commands. `on_step` is told 1 to STEPS as the work goes on. Raises NotAllowed
    where `by` does not keep people for this organisation.
    """
    if by is not None and not by.scope_for(Permission.PEOPLE_IMPORT).covers(frozenset({organisation.pk})):
        raise NotAllowed("You do not keep people for this organisation.")
    advisory_lock("take_in", organisation.pk)
    planned = plan(rows=rows, organisation=organisation, sector=sector, lock=True)
    if not expected(planned):
        raise WrongState("The registry has changed since this file was checked.")
    writing = [item for item in planned if item.verdict in {Verdict.ADD, Verdict.CHANGE}]
    with foreign_keys_checked_at_once():
        _write_all(writing, organisation, by, on_step)
    return planned


def _write_all(
    writing: Sequence[Planned], organisation: Organisation, by: User | None, on_step: Callable[[int], None]
) -> None:
    on_step(1)
    _open_accounts(writing, organisation, by)
    on_step(2)
    _write_people(writing)
    on_step(3)
    _write_registrations(writing)
    on_step(4)
    _write_posts(writing)
    on_step(5)
    for verb, verdict in (("profile.added", Verdict.ADD), ("profile.changed", Verdict.CHANGE)):
        people = [item.clinician for item in writing if item.verdict == verdict and item.clinician]
        record_many(verb, people, by=by, organisation_id=organisation.pk, detail={"through": "staff import"})
    selection_facts_changed.send(Clinician, clinician_ids=[item.clinician.pk for item in writing if item.clinician])
    on_step(6)


def _open_accounts(writing: Sequence[Planned], organisation: Organisation, by: User | None) -> None:
    wanted = [(item, item.clinician) for item in writing if item.account and item.clinician]
    people = [(item.row.email, person.name) for item, person in wanted]
    users = open_accounts(people=people, role=Role.CLINICIAN, organisation=organisation, by=by)
    for item, person in wanted:
        person.user = users[item.row.email.lower()]


def _write_people(writing: Sequence[Planned]) -> None:
    held = [(item, item.clinician) for item in writing if item.clinician]
    new = [person for _, person in held if person.pk is None]
    for person, key in zip(new, _reserve_keys(Clinician, len(new)), strict=True):
        person.pk = key
    for item, person in held:
        if item.manager is not None:
            person.line_manager_id = item.manager.pk
    added = {person.pk for person in new}
    ordered, in_circles = _managers_first(new)
    managers = [person.line_manager_id for person in in_circles]
    for person in in_circles:
        person.line_manager_id = None
    Clinician.objects.bulk_create(ordered, batch_size=2000)
    for person, manager in zip(in_circles, managers, strict=True):
        person.line_manager_id = manager
    _overwrite(Clinician, [person for _, person in held if person.pk not in added] + in_circles)


def _managers_first(new: Sequence[Clinician]) -> tuple[list[Clinician], list[Clinician]]:
    """The people in an order in which each stands behind their manager, as far as that can be.

    Where people manage each other in a circle, one of them stands before their manager: the second list.
    """
    waiting = {person.pk: person for person in new}
    ordered: list[Clinician] = []
    in_circles: list[Clinician] = []
    for person in new:
        chain: list[Clinician] = []
        above: int | None = person.pk
        while above in waiting:
            chain.append(waiting.pop(above))
            above = chain[-1].line_manager_id
        if above in {below.pk for below in chain}:
            in_circles.append(chain[-1])
        ordered += reversed(chain)
    return ordered, in_circles


def _write_registrations(writing: Sequence[Planned]) -> None:
    held = [(item.clinician, item.registration) for item in writing if item.clinician and item.registration]
    for person, registration in held:
        registration.clinician = person
    _write(Registration, [registration for _, registration in held])


def _write_posts(writing: Sequence[Planned]) -> None:
    held = [(item.clinician, post) for item in writing if item.clinician for post in item.posts]
    for person, post in held:
        post.clinician = person
    _write(Post, [post for _, post in held])


def _write(model: type[models.Model], rows: Sequence[Any]) -> None:
    _overwrite(model, [row for row in rows if row.pk is not None])
    model._default_manager.bulk_create([row for row in rows if row.pk is None], batch_size=2000)


def _overwrite(model: type[models.Model], rows: Sequence[Any]) -> None:
    """Update rows in sets: one statement per 2,000, where `bulk_update` builds a CASE per row and column."""
    columns = [field.name for field in model._meta.concrete_fields if field.name not in {"id", "created_at"}]
    model._default_manager.bulk_create(
        rows, batch_size=2000, update_conflicts=True, unique_fields=["id"], update_fields=columns
    )


def _reserve_keys(model: type[models.Model], count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [key for (key,) in cursor.fetchall()]
