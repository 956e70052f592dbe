"""Programmes with gates, cohorts, applications at every point, and places held."""

import datetime
from types import SimpleNamespace

import factory
from django.utils import timezone

from programmes.fields import Delivery, GateKind, GateOutcome, ProgrammeKind, QuotaKind, StageKind, Tier
from programmes.models import (
    Application,
    Cohort,
    CohortAssessor,
    CohortTutor,
    Criterion,
    Endorsement,
    Enrolment,
    Equivalence,
    Gate,
    GateResult,
    PlaceLimit,
    Programme,
    ProgrammeVersion,
    Stage,
)
from programmes.states import CohortState, VersionState
from registry.accounts.roles import Role
from registry.kernel.clock import today
from tests.factories.organisations import OrganisationFactory
from tests.factories.people import clinician_user, user_with

CRITERIA = ("Why you", "What you changed", "What you will change")


class ProgrammeFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Programme

    code = factory.Sequence(lambda n: f"programme-{n}")
    name = factory.Sequence(lambda n: f"Programme {n}")
    kind = ProgrammeKind.LEADERSHIP
    tier = Tier.MIDDLE
    intended_outcome = "Teams that improve what they do."
    organisation = factory.SubFactory(OrganisationFactory)
    provider = "The trust's own faculty"
    delivery = Delivery.IN_HOUSE
    length_weeks = 26
    cost_per_place = 1200


def in_days(days: int) -> datetime.date:
    """The day so many days from today."""
    return today() + datetime.timedelta(days=days)


def draft_version(programme, **attributes):
    """The next version, still a draft, with two stages and no gate."""
    version = ProgrammeVersion.objects.create(
        programme=programme, number=programme.versions.count() + 1, expectations="Come to every session.", **attributes
    )
    Stage.objects.create(version=version, position=1, name="Leading a team", kind=StageKind.MODULE, weeks=4)
    Stage.objects.create(
        version=version,
        position=2,
        name="A change at work",
        kind=StageKind.PROJECT,
        weeks=20,
        exempt_by_equivalence=True,
    )
    return version


def gate(version, kind, **attributes):
    """The next gate of a draft version; scored ones with three criteria of weight 1, two assessors, and half to pass."""
    scored = kind in (GateKind.WRITTEN, GateKind.INTERVIEW)
    defaults = {"assessors": 2, "spread_limit": 3, "pass_mark": 4} if scored else {}
    made = Gate.objects.create(
        version=version, kind=kind, position=version.gates.count() + 1, **(defaults | attributes)
    )
    if scored:
        for position, name in enumerate(CRITERIA, start=1):
            Criterion.objects.create(gate=made, position=position, name=name, question=f"{name}?")
    return made


def published(version, by):
    """The version, published past the action that checks it."""
    version.state, version.published_at, version.published_by = VersionState.PUBLISHED, timezone.now(), by
    version.save()
    return version


def cohort(version, *, state=CohortState.OPEN, capacity=2, **attributes):
    """A cohort for which people can apply now; brought to its state by the steps there are."""
    days = {
        "opens_on": in_days(-7),
        "closes_on": in_days(14),
        "starts_on": in_days(60),
        "ends_on": in_days(240),
        "name": "Spring",
    }
    made = Cohort.objects.create(
        version=version,
        organisation=version.programme.organisation,
        capacity=capacity,
        **(days | attributes),
    )
    way = [CohortState.OPEN, CohortState.SELECTING, CohortState.DECIDED, CohortState.RUNNING, CohortState.FINISHED]
    for step in way[: way.index(state) + 1] if state in way else [state] * (state != CohortState.DRAFT):
        made.state = step
        made.save()
    return made


def application(in_cohort, clinician, *, state="submitted"):
    """An application in this state; every gate is passed where the state asks for it."""
    made = Application.objects.create(cohort=in_cohort, clinician=clinician)
    if state == "draft":
        return made
    made.state, made.submitted_at = "submitted", timezone.now()
    made.save()
    if state in ("reserve", "offered", "accepted"):
        pass_every_gate(made)
    if state in ("offered", "accepted"):
        made.state, made.answer_by = "offered", in_days(14)
        made.save()
    if state != made.state:
        made.state = state
        made.save()
    return made


def pass_every_gate(made):
    """Written down as passed, without evidence."""
    for one in made.cohort.version.gates.all():
        GateResult.objects.create(application=made, gate=one, outcome=GateOutcome.PASSED, reason="Passed.", points=500)


def enrolment(in_cohort, clinician, **attributes):
    """A place held, by way of an application that was accepted."""
    made = application(in_cohort, clinician, state="accepted")
    return Enrolment.objects.create(
        cohort=in_cohort,
        clinician=clinician,
        application=made,
        expectations_accepted_at=timezone.now(),
        **attributes,
    )


def equivalence(clinician, organisation, *, tier=Tier.FIRST, decided_by=None, expires_on=None):
    """Something done elsewhere that waits for a decision; recognised where somebody decided."""
    decided = {}
    if decided_by:
        decided = {"state": "yes", "decided_at": timezone.now(), "decided_by": decided_by, "decision_reason": "Equal."}
    return Equivalence.objects.create(
        clinician=clinician,
        organisation=organisation,
        tier=tier,
        title="MBA in health",
        awarded_by="A university",
        year=2019,
        evidence="Finance, strategy and people.",
        expires_on=expires_on,
        **decided,
    )


def at(organisation, clinician):
    """What one trust has of programmes: everything the access matrix needs an object of."""
    from tests.factories import programmes_outcomes  # it is made of what is here

    lead = user_with(Role.PROGRAMME_LEAD, organisation, name="Programme lead")
    assessor = user_with(Role.ASSESSOR, organisation, name="Assessor")
    programme = ProgrammeFactory(organisation=organisation)
    version = draft_version(programme)
    gate(version, GateKind.ENDORSEMENT)
    written = gate(version, GateKind.WRITTEN)
    published(version, lead)
    running_version = published(draft_version(ProgrammeFactory(organisation=organisation)), lead)
    draft = draft_version(programme)
    draft_gate = gate(draft, GateKind.INTERVIEW)
    planned = cohort(version, state=CohortState.DRAFT)
    limit = PlaceLimit.objects.create(cohort=planned, kind=QuotaKind.REGION, value="Y62", places=1)
    open_cohort = cohort(version)
    CohortAssessor.objects.create(cohort=open_cohort, user=assessor)
    running = cohort(running_version, state=CohortState.RUNNING)
    CohortTutor.objects.create(cohort=running, user=lead)
    sent = application(open_cohort, clinician)
    # Built with what is above, so it cannot be imported before.
    from tests.factories import programmes_selecting

    return SimpleNamespace(
        selecting=programmes_selecting.at(lead, assessor, clinician),
        lead=lead,
        assessor=assessor,
        programme=programme,
        version=version,
        draft=draft,
        draft_gate=draft_gate,
        planned=planned,
        limit=limit,
        written=written,
        open_cohort=open_cohort,
        running=running,
        application=sent,
        enrolment=enrolment(running, clinician),
        other=clinician_user(organisation),
        next_cohort=cohort(version),
        endorsement=Endorsement.objects.create(application=sent, manager=clinician.appraiser),
        equivalence=equivalence(clinician, organisation),
        outcomes=programmes_outcomes.at(organisation, clinician, lead),
    )
