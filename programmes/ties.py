"""Who selects together or decides about whom, while a selection is open: they are not matched with each other."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from itertools import combinations, product

from django.db.models import Q

from programmes.models import Application, CohortAssessor, Reading
from programmes.states import COMPETING, IN_SELECTION, AppealState


def selecting(user_ids: Collection[int]) -> Iterator[tuple[int, int]]:
    """Assessors of the same cohort; and they with whoever competes there, and with those whose applications they read.

    Three queries, however many there are.
    """
    panels: dict[int, set[int]] = defaultdict(set)
    assessors = CohortAssessor.objects.filter(cohort__state__in=IN_SELECTION, user__in=user_ids).order_by()
    for cohort, user in assessors.values_list("cohort", "user"):
        panels[cohort].add(user)
    for panel in panels.values():
        yield from combinations(sorted(panel), 2)
    competing: dict[int, set[int]] = defaultdict(set)
    open_ = Q(state__in=COMPETING) | Q(appeals__state=AppealState.LODGED)
    applications = Application.objects.filter(open_, cohort__in=panels, clinician__user__in=user_ids).order_by()
    for cohort, user in applications.values_list("cohort", "clinician__user"):
        competing[cohort].add(user)
    for cohort, applicants in competing.items():
        yield from product(panels[cohort], applicants)
    # Somebody who no longer is an assessor there may still have the file.
    readings = Reading.objects.standing().filter(
        application__cohort__state__in=IN_SELECTION, assessor__in=user_ids, application__clinician__user__in=user_ids
    )
    yield from readings.order_by().values_list("assessor", "application__clinician__user")
