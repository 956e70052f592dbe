"""Cohorts that have finished, who completed them, and levels agreed on days of the past."""

import datetime
from types import SimpleNamespace

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from programmes.actions.alumni import welcome
from programmes.fields import OutcomeKind
from programmes.models import Application, Enrolment, LearningAtWork, Outcome
from programmes.states import CohortState
from registry.competency.models import Assessment, ElementLevel
from registry.competency.states import Matrix, State
from registry.kernel.clock import today
from tests.factories import programmes
from tests.factories.competency import elements_of


def months_ago(months: int) -> datetime.date:
    """The day so many months before today."""
    return today() - relativedelta(months=months)


def finished(programme, by, *, ended=13, capacity=60, name="Spring"):
    """A cohort without gates that ran for six months and ended so many months ago."""
    version = programmes.published(programmes.draft_version(programme), by)
    made = programmes.cohort(
        version,
        state=CohortState.FINISHED,
        capacity=capacity,
        opens_on=months_ago(ended + 9),
        closes_on=months_ago(ended + 8),
        starts_on=months_ago(ended + 6),
        ends_on=months_ago(ended),
    )
    made.name = name
    made.save(update_fields=["name"])
    return made


def complete(cohort, clinicians):
    """These clinicians completed the cohort; in sets."""
    applications = Application.objects.bulk_create(
        Application(cohort=cohort, clinician=one, state="accepted", submitted_at=timezone.now()) for one in clinicians
    )
    return Enrolment.objects.bulk_create(
        Enrolment(
            cohort=cohort,
            clinician=made.clinician,
            application=made,
            state="completed",
            completed_on=cohort.ends_on,
            expectations_accepted_at=timezone.now(),
        )
        for made in applications
    )


def agreed_on(day, version, levels, *, by, stage=2):
    """Agreed assessments of many clinicians on a day of the past, each at one level throughout (clinician to level).

    Where the version has stages, they are at this one.
    """
    noon = timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
    rows = Assessment.objects.bulk_create(
        Assessment(
            clinician=person,
            version=version,
            framework=version.code,
            appraiser=by,
            stage=stage if version.stages else None,
        )
        for person in levels
    )
    elements = elements_of(version)
    ElementLevel.objects.bulk_create(
        (
            ElementLevel(assessment=row, element=element, self_level=level, agreed_level=level)
            for row, level in zip(rows, levels.values(), strict=True)
            for element in elements
        ),
        batch_size=10_000,
    )
    matrix = version.matrix_or_only(Matrix.CUMULATIVE)
    for row in rows:
        row.career_stage, row.matrix = row.clinician.career_stage, matrix
        row.submitted_at, row.submitted_by, row.state = noon, by, State.SUBMITTED
    fields = ["career_stage", "matrix", "submitted_at", "submitted_by", "state"]
    Assessment.objects.bulk_update(rows, fields, batch_size=2000)
    for row in rows:
        row.agreed_at, row.agreed_by, row.state = noon, by, State.AGREED
    Assessment.objects.bulk_update(rows, ["agreed_at", "agreed_by", "state"], batch_size=2000)
    return rows


def at(organisation, clinician, lead):
    """A finished cohort of a trust that one clinician completed, who is an alumnus and told what came of it."""
    cohort = finished(programmes.ProgrammeFactory(organisation=organisation), lead)
    (place,) = complete(cohort, [clinician])
    return SimpleNamespace(
        cohort=cohort,
        programme=cohort.version.programme,
        place=place,
        alumnus=welcome(place),
        outcome=Outcome.objects.create(
            enrolment=place, months=6, kind=OutcomeKind.POST, what="Clinical director", noted_by=clinician.user
        ),
        learning=LearningAtWork.objects.create(enrolment=place, on=cohort.ends_on, what="Ran the huddle anew."),
    )
