"""Whoever applies: a person with a line manager who can answer, versions with these gates, and whole applications."""

from programmes.actions import applying
from programmes.fields import GateKind
from programmes.models import Application, CohortAssessor, Reading, Score
from programmes.states import CohortState
from registry.accounts.roles import Role
from registry.standing.models import AgreedLevels
from tests.factories import competency, programmes
from tests.factories.people import clinician_user, user_with


def applicant(organisation, *, level=None, managed=True, **attributes):
    """Somebody with an account, a line manager with one, and an agreed level (in twelfths) in the tiny framework."""
    manager = clinician_user(organisation, given_name="Grace") if managed else None
    person = clinician_user(organisation, line_manager=manager, **attributes)
    if level is not None:
        AgreedLevels.objects.create(
            clinician=person,
            framework="TINY",
            version="1",
            assessment_id=1,
            agreed_at=person.user.date_joined if hasattr(person.user, "date_joined") else "2026-01-01T00:00Z",
            d1=level,
        )
    return person


def version(organisation, lead, *gates, **programme):
    """A published version with these gates, in order: a kind, or a kind and what the gate asks for."""
    draft = programmes.draft_version(programmes.ProgrammeFactory(organisation=organisation, **programme))
    for one in gates:
        kind, wanted = one if isinstance(one, tuple) else (one, {})
        if kind == GateKind.LEVEL:
            tiny = competency.tiny()
            wanted = {"domain": tiny.domains.get(), "minimum_level": 2} | wanted
        programmes.gate(draft, kind, **wanted)
    return programmes.published(draft, lead)


def answers(cohort, text="I led the change."):
    """An answer to each question of the cohort's application."""
    return {criterion.pk: text for criterion in applying.criteria(cohort)}


def send(cohort, person, **options):
    """Send a whole application, as the person does."""
    given = {"answers": answers(cohort)} | options
    return applying.send(cohort=cohort, clinician=person, by=person.user, **given)


def close(cohort):
    """Applications have closed."""
    cohort.state = CohortState.SELECTING
    cohort.save()
    return cohort


def scored(application, gate, *totals):
    """So many assessors have read it, and each gave this many points altogether (at most nine)."""
    for total in totals:
        user = user_with(Role.ASSESSOR, application.cohort.organisation)
        CohortAssessor.objects.create(cohort=application.cohort, user=user)
        reading = Reading.objects.create(
            application=application, gate=gate, assessor=user, conflict=False, declared_at=application.submitted_at
        )
        left = total
        for criterion in gate.criteria.all():
            Score.objects.create(reading=reading, criterion=criterion, points=min(3, left))
            left -= min(3, left)
        reading.submitted_at = application.submitted_at
        reading.save()


def state(application):
    """Where it stands now, as stored."""
    return Application.objects.get(pk=application.pk).state
