"""Giving a place to whoever won it."""

from django.utils import timezone

from programmes.fields import MilestoneResult
from programmes.models import Application, Enrolment, EnrolmentTransition, Equivalence, Milestone
from registry.accounts.models import User
from registry.audit.record import record
from registry.kernel.clock import today


def enrol(*, application: Application, by: User) -> Enrolment:
    """Make the place of somebody who accepts it, and what is expected of each other, now.

    Part of accepting an offer: called in that transaction, with the cohort locked. What the person brings with them
    makes parts of the programme unnecessary (`Stage.exempt_by_equivalence`).
    """
    cohort = application.cohort
    enrolment = Enrolment.objects.create(
        cohort=cohort, clinician=application.clinician, application=application, expectations_accepted_at=timezone.now()
    )
    EnrolmentTransition.objects.create(enrolment=enrolment, after=enrolment.state, by=by)
    exempt(enrolment)
    record(
        "programme.enrolled",
        enrolment,
        by=by,
        organisation_id=cohort.organisation_id,
        detail={"cohort": cohort.pk, "application": application.reference},
    )
    return enrolment


def exempt(enrolment: Enrolment) -> None:
    """Mark the parts that somebody with recognised earlier learning of the programme's tier need not do."""
    cohort = enrolment.cohort
    recognised = Equivalence.objects.counting_as(cohort.version.programme.tier, today())
    if recognised.filter(clinician=enrolment.clinician).exists():
        Milestone.objects.bulk_create(
            [
                Milestone(enrolment=enrolment, stage=stage, result=MilestoneResult.EXEMPT)
                for stage in cohort.version.stages.filter(exempt_by_equivalence=True)
            ],
            ignore_conflicts=True,
        )
