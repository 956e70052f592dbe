"""Vacancies, people in the pool, and lists at each stage."""

import datetime

import factory

from registry.accounts.models import Consent
from registry.accounts.roles import Role
from registry.boards.actions import builds, decisions, vacancies
from registry.boards.fields import BoardPost, Outcome
from registry.boards.models import ShortlistEntry
from registry.clinicians.models import Clinician
from registry.competency.models import Domain, FrameworkVersion
from registry.kernel.clock import today
from registry.kernel.events import selection_facts_changed
from registry.organisations.models import Region
from registry.standing.models import AgreedLevels
from tests.factories.people import PostFactory, RegistrationFactory, clinician_user, user_with

SCALE = {
    "code": "reach",
    "name": "How far my leadership reaches",
    "not_observed": None,
    "values": [{"value": value, "label": f"Level {value}", "meaning": "…"} for value in range(5)],
}
DOMAINS = ("Personal qualities", "Working with others", "Managing services")


class FrameworkVersionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FrameworkVersion
        django_get_or_create = ("code", "version")
        skip_postgeneration_save = True

    code = "TLF"
    version = "2011"
    name = "Test Leadership Framework"
    publisher = "Nobody"
    audience = "Everybody"
    professions = "all_staff"
    effective_from = datetime.date(2011, 7, 1)
    closed_to_new = False
    source = "made up"
    copyright = "none"
    default_scale = "reach"
    scales = [SCALE]
    digest = "0" * 64

    @factory.post_generation
    def domains(self, create, extracted, **kwargs):
        for position, name in enumerate(extracted or DOMAINS, start=1):
            Domain.objects.get_or_create(
                version=self,
                position=position,
                defaults={
                    "code": str(position),
                    "name": name,
                    "summary": "…",
                    "staged": False,
                    "scale": "reach",
                },
            )


def hr_officer(organisation, **attributes):
    return user_with(Role.HR_OFFICER, organisation, **attributes)


def draft(organisation, by=None, *, levels=None, regions=(), framework="default", title="Chief nurse", **values):
    """A draft vacancy; `levels` gives (minimum, weight) by position, `values` columns of the specification."""
    by = by or hr_officer(organisation)
    vacancy = vacancies.create_vacancy(
        organisation=organisation,
        post=BoardPost.CHIEF_NURSE,
        title=title,
        description="Leads nursing.",
        closes_on=today() + datetime.timedelta(days=30),
        framework=FrameworkVersionFactory() if framework == "default" else framework,
        by=by,
    )
    by_domain = {
        row.domain_id: (levels or {1: (0, 5), 2: (0, 3)}).get(row.domain.position, (0, 0))
        for row in vacancy.specification.domains.select_related("domain")
    }
    vacancies.specify(
        vacancy=vacancy,
        values={"registration": "registered"} | values,
        regions=[Region.objects.get(code=code) for code in regions],
        levels=by_domain,
        by=by,
    )
    return vacancy


def opened(organisation, by=None, **options):
    """An open vacancy."""
    by = by or hr_officer(organisation)
    return vacancies.open_vacancy(vacancy=draft(organisation, by, **options), by=by)


def candidate(organisation, *, consent="national", levels=(24, 24, 24), framework="TLF", registered=True, **attributes):
    """Somebody in the pool: consenting, registered, in post, with agreed levels in twelfths."""
    person = clinician_user(organisation, **attributes)
    if registered:
        RegistrationFactory(clinician=person)
    PostFactory(clinician=person)
    if consent:
        Consent.objects.create(user=person.user, reach=consent)
    selection_facts_changed.send(Clinician, clinician_ids=[person.pk])
    if levels is not None:
        agree(person, levels, framework=framework)
    return person


def agree(person, levels, *, framework="TLF", version="2011"):
    """Write agreed levels as the room above would."""
    columns = {f"d{position}": level for position, level in enumerate(levels, start=1)}
    AgreedLevels.objects.update_or_create(
        clinician=person,
        framework=framework,
        defaults={
            "version": version,
            "assessment_id": person.pk,
            "agreed_at": datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC),
            **columns,
        },
    )


def built(vacancy, by):
    """The vacancy's list, built now in this process."""
    shortlist = builds.request_build(vacancy=vacancy, by=by)
    builds.build(shortlist_id=shortlist.pk)
    shortlist.refresh_from_db()
    return shortlist


def candidates(shortlist):
    """The entries in the order of the list."""
    return list(ShortlistEntry.objects.filter(shortlist=shortlist).eligible().with_decision())


def decide_all(shortlist, by, *, exclude=()):
    """Include every candidate but those at the positions in `exclude`."""
    for entry in candidates(shortlist):
        decisions.decide(
            entry=entry,
            outcome=Outcome.EXCLUDE if entry.position in exclude else Outcome.INCLUDE,
            reason="Meets what the post needs",
            seen=None,
            by=by,
        )


def published(organisation, *, people=2, by=None, exclude=(), **options):
    """A published list of `people` candidates of the organisation."""
    by = by or hr_officer(organisation)
    for number in range(people):
        candidate(organisation, levels=(12 + number, 24, 24))
    shortlist = built(opened(organisation, by, **options), by)
    decide_all(shortlist, by, exclude=exclude)
    return decisions.publish(shortlist=shortlist, by=by)
