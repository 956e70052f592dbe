"""What of catalogue and cohorts waits for those who run them."""

import datetime

from django.urls import reverse

from programmes.models import Cohort, ProgrammeVersion
from programmes.states import CohortState, VersionState
from registry.accounts.models import User
from registry.kernel.clock import today
from registry.kernel.needs import Need
from registry.kernel.permissions import Permission as P

SOON = datetime.timedelta(days=14)
MOST = 10


def needs_now(user: User) -> list[Need]:
    """The cohorts to announce soon, those that close soon, and drafts of versions; of one's own organisations."""
    scope = user.scope_for(P.PROGRAMME_MANAGE)
    if scope.everything or not scope.organisation_ids:
        return []
    day = today()
    cohorts = Cohort.visible_to(user, P.PROGRAMME_MANAGE).with_programme()
    planned = cohorts.filter(state=CohortState.DRAFT, opens_on__lte=day + SOON, version__programme__retired_at=None)
    planned = planned.order_by("opens_on", "pk")[:MOST]
    closing = cohorts.filter(state=CohortState.OPEN, closes_on__lte=day + SOON).order_by("closes_on", "pk")[:MOST]
    drafts = (
        ProgrammeVersion.rows()
        .filter(
            state=VersionState.DRAFT,
            programme__organisation__in=scope.organisation_ids,
            programme__retired_at=None,
        )
        .select_related("programme")[:MOST]
    )
    return [
        *(Need(f"Announce {cohort}", _page(cohort), due=cohort.opens_on) for cohort in planned),
        *(Need(f"Applications close for {cohort}", _page(cohort), due=cohort.closes_on) for cohort in closing),
        *(
            Need(f"Finish and publish {version}", reverse("programmes:version", args=[version.pk]))
            for version in drafts
        ),
    ]


def _page(cohort: Cohort) -> str:
    return reverse("programmes:manage_cohort", args=[cohort.pk])
