"""Drafting, opening and closing: who may, what is refused, and what the database itself refuses."""

import datetime

import pytest
from django.db import DatabaseError, transaction

from registry.accounts.roles import Role
from registry.audit.models import AuditEvent
from registry.boards.actions import builds, vacancies
from registry.boards.models import DomainRequirement, PersonSpecification, RegionRequirement, Vacancy, VacancyTransition
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, NotAllowed, WrongState
from tests.factories import boards
from tests.factories.organisations import OrganisationFactory, RegionFactory
from tests.factories.people import user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def trust():
    return OrganisationFactory(region="Y62")


@pytest.fixture
def hr(trust):
    return boards.hr_officer(trust)


def details(trust, **changes):
    return {
        "organisation": trust,
        "post": "chief_nurse",
        "title": "Chief nurse",
        "description": "",
        "closes_on": today() + datetime.timedelta(days=5),
        "framework": None,
    } | changes


def test_steps_of_a_vacancy_are_written_down(trust, hr):
    vacancy = boards.opened(trust, hr)
    vacancies.close_vacancy(vacancy=vacancy, reason="The post was withdrawn", by=hr)
    steps = VacancyTransition.objects.order_by("id").values_list("from_status", "to_status", "by", "reason")
    assert list(steps) == [("draft", "open", hr.pk, ""), ("open", "closed", hr.pk, "The post was withdrawn")]
    verbs = AuditEvent.objects.filter(subject_type="boards.vacancy").order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["vacancy.created", "vacancy.specified", "vacancy.opened", "vacancy.closed"]


@pytest.mark.parametrize("role", [Role.REGIONAL_LEAD, Role.NATIONAL_LEAD])
def test_watching_roles_cannot_draft(trust, role):
    lead = user_with(role, RegionFactory(code="Y62") if role == Role.REGIONAL_LEAD else None)
    with pytest.raises(NotAllowed):
        vacancies.create_vacancy(**details(trust), by=lead)


def test_officer_of_another_trust_cannot_touch_a_vacancy(trust, hr):
    vacancy = boards.draft(trust, hr)
    outsider = boards.hr_officer(OrganisationFactory(region="Y62"))
    for attempt in (
        lambda: vacancies.create_vacancy(**details(trust), by=outsider),
        lambda: vacancies.edit_vacancy(vacancy=vacancy, **details(trust), by=outsider),
        lambda: vacancies.specify(vacancy=vacancy, values={}, regions=[], levels={}, by=outsider),
        lambda: vacancies.open_vacancy(vacancy=vacancy, by=outsider),
        lambda: vacancies.close_vacancy(vacancy=vacancy, reason="Not yours to close", by=outsider),
        lambda: builds.request_build(vacancy=vacancy, by=outsider),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_vacancy_cannot_be_moved_to_an_organisation_out_of_reach(trust, hr):
    vacancy = boards.draft(trust, hr)
    with pytest.raises(NotAllowed):
        vacancies.edit_vacancy(vacancy=vacancy, **details(OrganisationFactory()), by=hr)


def test_closed_organisation_has_no_vacancies():
    closed = OrganisationFactory(closed_on=today() - datetime.timedelta(days=1))
    hr = boards.hr_officer(closed)
    with pytest.raises(Invalid) as refusal:
        vacancies.create_vacancy(**details(closed), by=hr)
    assert refusal.value.field == "organisation"


def test_another_framework_replaces_the_domains(trust, hr):
    vacancy = boards.draft(trust, hr)
    other = boards.FrameworkVersionFactory(code="OTHER", domains=["Only one"])
    vacancies.edit_vacancy(vacancy=vacancy, **details(trust, framework=other), by=hr)
    rows = vacancy.specification.domains.values_list("domain__version__code", "minimum", "weight")
    assert list(rows) == [("OTHER", 0, 0)]


def test_domains_of_another_framework_are_not_taken(trust, hr):
    vacancy = boards.draft(trust, hr, levels={1: (1, 1)})
    foreign = boards.FrameworkVersionFactory(code="OTHER", domains=["Only one"]).domains.get()
    vacancies.specify(vacancy=vacancy, values={}, regions=[], levels={foreign.pk: (3, 9)}, by=hr)
    assert {(row.minimum, row.weight) for row in vacancy.specification.domains.all()} == {(0, 0)}


@pytest.mark.parametrize(("level", "weight", "field"), [(5, 0, "minimum"), (-1, 0, "minimum"), (0, 11, "weight")])
def test_level_or_weight_out_of_range_names_the_field_and_writes_nothing(trust, hr, level, weight, field):
    vacancy = boards.draft(trust, hr)
    before = list(vacancy.specification.domains.values_list("minimum", "weight"))
    key = vacancy.specification.domains.first().domain_id
    with pytest.raises(Invalid) as refusal:
        vacancies.specify(vacancy=vacancy, values={}, regions=[], levels={key: (level, weight)}, by=hr)
    assert refusal.value.field == f"{field}_{key}"
    assert list(vacancy.specification.domains.values_list("minimum", "weight")) == before


def test_open_vacancy_refuses_every_change(trust, hr):
    vacancy = boards.opened(trust, hr)
    for attempt in (
        lambda: vacancies.edit_vacancy(vacancy=vacancy, **details(trust), by=hr),
        lambda: vacancies.specify(vacancy=vacancy, values={}, regions=[], levels={}, by=hr),
        lambda: vacancies.open_vacancy(vacancy=vacancy, by=hr),
    ):
        with pytest.raises(WrongState):
            attempt()


def test_database_freezes_an_open_vacancy_and_its_specification(trust, hr):
    vacancy = boards.opened(trust, hr, regions=["Y62"])
    region = RegionFactory(code="Y56")
    for change in (
        lambda: Vacancy.objects.filter(pk=vacancy.pk).update(title="Another"),
        lambda: Vacancy.objects.filter(pk=vacancy.pk).update(closes_on=today()),
        lambda: Vacancy.objects.filter(pk=vacancy.pk).update(status="draft"),
        lambda: Vacancy.objects.filter(pk=vacancy.pk).update(status="decided"),
        lambda: Vacancy.objects.filter(pk=vacancy.pk).delete(),
        lambda: PersonSpecification.objects.filter(pk=vacancy.pk).update(years_weight=1),
        lambda: PersonSpecification.objects.filter(pk=vacancy.pk).delete(),
        lambda: DomainRequirement.objects.filter(specification=vacancy.pk).update(weight=1),
        lambda: DomainRequirement.objects.filter(specification=vacancy.pk).delete(),
        lambda: RegionRequirement.objects.create(specification_id=vacancy.pk, region=region),
        lambda: RegionRequirement.objects.filter(specification=vacancy.pk).delete(),
        lambda: VacancyTransition.objects.update(reason="Another"),
        lambda: VacancyTransition.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_draft_whose_closing_date_has_passed_cannot_be_opened(trust, hr, time_machine):
    vacancy = boards.draft(trust, hr)
    time_machine.move_to(datetime.datetime.combine(vacancy.closes_on, datetime.time(12)) + datetime.timedelta(days=1))
    with pytest.raises(WrongState):
        vacancies.open_vacancy(vacancy=vacancy, by=hr)


@pytest.mark.parametrize("reason", ["", "   ", "done", "two words", "nul\x00 in the reason"])
def test_closing_needs_a_reason_in_words(trust, hr, reason):
    with pytest.raises(Invalid) as refusal:
        vacancies.close_vacancy(vacancy=boards.draft(trust, hr), reason=reason, by=hr)
    assert refusal.value.field == "reason"
