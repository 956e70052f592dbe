"""Drafting, opening and closing a vacancy."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from registry.accounts.models import User
from registry.audit.record import record
from registry.boards.building import top_level
from registry.boards.models import (
    DomainRequirement,
    PersonSpecification,
    RegionRequirement,
    Shortlist,
    Vacancy,
)
from registry.boards.specification import WEIGHT_MAX
from registry.boards.states import UNFINISHED, ShortlistStatus, VacancyStatus
from registry.boards.steps import locked, move, move_shortlist, require, require_draft, worded
from registry.competency.models import FrameworkVersion
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, WrongState
from registry.kernel.permissions import Permission
from registry.organisations.models import Organisation, Region


@transaction.atomic
def create_vacancy(
    *,
    organisation: Organisation,
    post: str,
    title: str,
    description: str,
    closes_on: datetime.date,
    framework: FrameworkVersion | None,
    by: User,
) -> Vacancy:
    """Draft a vacancy with an empty person specification over the framework's domains.

    Raises NotAllowed where `by` does not run vacancies there, Invalid for what the draft cannot hold.
    """
    require(by, Permission.VACANCY_EDIT, organisation.pk)
    vacancy = Vacancy(
        organisation=organisation,
        post=post,
        title=title.strip(),
        description=description.strip(),
        closes_on=closes_on,
        created_by=by,
    )
    _check_details(vacancy)
    vacancy.save()
    specification = PersonSpecification.objects.create(vacancy=vacancy, framework=framework)
    _lay_out_domains(specification)
    record("vacancy.created", vacancy, by=by, organisation_id=organisation.pk, detail={"title": vacancy.title})
    return vacancy


@transaction.atomic
def edit_vacancy(
    *,
    vacancy: Vacancy,
    organisation: Organisation,
    post: str,
    title: str,
    description: str,
    closes_on: datetime.date,
    framework: FrameworkVersion | None,
    by: User,
) -> Vacancy:
    """Change a draft; another framework replaces the domains of the specification."""
    vacancy = locked(vacancy.pk)
    require(by, Permission.VACANCY_EDIT, vacancy.organisation_id)
    require(by, Permission.VACANCY_EDIT, organisation.pk)
    require_draft(vacancy)
    vacancy.organisation, vacancy.post, vacancy.title = organisation, post, title.strip()
    vacancy.description, vacancy.closes_on = description.strip(), closes_on
    _check_details(vacancy)
    vacancy.save()
    specification = vacancy.specification
    if specification.framework != framework:
        specification.framework = framework
        specification.save(update_fields=["framework"])
        specification.domains.all().delete()
        _lay_out_domains(specification)
    record("vacancy.edited", vacancy, by=by, organisation_id=vacancy.organisation_id)
    return vacancy


@transaction.atomic
def specify(
    *,
    vacancy: Vacancy,
    values: Mapping[str, Any],
    regions: Iterable[Region],
    levels: Mapping[int, tuple[int, int]],
    by: User,
) -> PersonSpecification:
    """Write a draft's person specification, whole.

    `values` are columns of PersonSpecification; `levels` gives (minimum level, weight) by the key of a
    domain of the specification's framework. Raises Invalid with the column's name, or `minimum_<key>`
    and `weight_<key>`, where a value is out of range.
    """
    vacancy = locked(vacancy.pk)
    require(by, Permission.VACANCY_EDIT, vacancy.organisation_id)
    require_draft(vacancy)
    specification = vacancy.specification
    for name, value in values.items():
        setattr(specification, name, value)
    _check_weighed(specification)
    _clean(specification)
    specification.save()
    specification.regions.all().delete()
    RegionRequirement.objects.bulk_create(
        RegionRequirement(specification=specification, region=region) for region in regions
    )
    rows = list(specification.domains.select_related("domain", "domain__version"))
    for row in rows:
        row.minimum, row.weight = levels.get(row.domain_id, (0, 0))
        if not 0 <= row.minimum <= top_level(row.domain):
            raise Invalid("Choose a level of this domain's scale.", field=f"minimum_{row.domain_id}")
        if not 0 <= row.weight <= WEIGHT_MAX:
            raise Invalid(f"Enter a weight from 0 to {WEIGHT_MAX}.", field=f"weight_{row.domain_id}")
    DomainRequirement.objects.bulk_update(rows, ["minimum", "weight"])
    record("vacancy.specified", vacancy, by=by, organisation_id=vacancy.organisation_id)
    return specification


@transaction.atomic
def open_vacancy(*, vacancy: Vacancy, by: User) -> Vacancy:
    """Open a draft: from now on neither it nor its person specification can change."""
    vacancy = locked(vacancy.pk)
    require(by, Permission.VACANCY_EDIT, vacancy.organisation_id)
    require_draft(vacancy)
    if vacancy.closes_on < today():
        raise WrongState("The closing date has passed. Change it before you open the vacancy.")
    move(vacancy, VacancyStatus.OPEN, by=by)
    record("vacancy.opened", vacancy, by=by, organisation_id=vacancy.organisation_id)
    return vacancy


@transaction.atomic
def close_vacancy(*, vacancy: Vacancy, reason: str, by: User) -> Vacancy:
    """Close a vacancy for good, with a reason; a build under way is given up."""
    vacancy = locked(vacancy.pk)
    require(by, Permission.VACANCY_EDIT, vacancy.organisation_id)
    reason = worded(reason, field="reason")
    for shortlist in Shortlist.objects.filter(vacancy=vacancy, status__in=UNFINISHED).select_for_update():
        shortlist.failure = "The vacancy was closed before the list was built."
        move_shortlist(shortlist, ShortlistStatus.FAILED, by=by, also=["failure"])
    move(vacancy, VacancyStatus.CLOSED, by=by, reason=reason)
    record("vacancy.closed", vacancy, by=by, organisation_id=vacancy.organisation_id, detail={"reason": reason})
    return vacancy


def _check_details(vacancy: Vacancy) -> None:
    _clean(vacancy)
    if vacancy.closes_on < today():
        raise Invalid("The closing date must be today or later.", field="closes_on")
    if not vacancy.organisation.is_open(today()):
        raise Invalid("This organisation has closed. Choose one that is open.", field="organisation")


def _check_weighed(specification: PersonSpecification) -> None:
    if specification.qualification_weight and not specification.qualifications:
        raise Invalid("Choose the qualifications that count, or set their weight to 0.", field="qualifications")
    if specification.sector_weight and not specification.desirable_sectors:
        raise Invalid("Choose the sectors that count, or set their weight to 0.", field="desirable_sectors")


def _clean(row: Any) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid(messages[0], field=field) from error


def _lay_out_domains(specification: PersonSpecification) -> None:
    if specification.framework is not None:
        DomainRequirement.objects.bulk_create(
            DomainRequirement(specification=specification, domain=domain)
            for domain in specification.framework.domains.all()
        )
