"""Who appraises whom while an appraisal is open, also where the profile names another appraiser."""

from collections.abc import Collection, Iterable

from registry.appraisals.models import Appraisal
from registry.appraisals.states import OPEN


def appraising(user_ids: Collection[int]) -> Iterable[tuple[int, int]]:
    """Appraisers with those whose appraisals they do; one query."""
    rows = Appraisal.objects.filter(state__in=OPEN, appraiser__in=user_ids, clinician__user__in=user_ids)
    return rows.order_by().values_list("appraiser", "clinician__user")
