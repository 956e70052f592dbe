"""What mentoring does: for whoever runs it or looks after an organisation's people; numbers, and no one's words."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mentoring import diffusion, growth
from mentoring.capacity import against_need
from mentoring.doing import doing
from registry.accounts.http import SignedInRequest, scope_over
from registry.competency.change.comparison import LEAST_IN_CELL
from registry.competency.change.wording import LEGEND
from registry.equality.suppression import SMALLEST_GROUP
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.session_log.activity import FEWEST_GROUPS


@require_safe
def insight(request: SignedInRequest) -> HttpResponse:
    """Activity, where mentors are missing, mentees who became mentors, and how levels changed."""
    scope_over(request, P.MENTORING_REPORT)
    runs = request.user.scope_for(P.MENTORING_MANAGE).over_others
    spread = diffusion.diffusion(request.user, today())
    context = {
        "runs": runs,
        "doing": doing(request.user, today()),
        "fewest": FEWEST_GROUPS,
        "capacity": against_need(request.user) if runs else [],
        "spread": spread,
        "wide": spread.chart(wide=True),
        "narrow": spread.chart(wide=False),
        "spread_legend": diffusion.LEGEND,
        "growth": growth.growth(request.user, today()),
        "legend_of": LEGEND,
        "after": growth.AFTER,
        "window": growth.WINDOW,
        "before": growth.BEFORE_MONTHS,
        "quarters": growth.QUARTERS,
        "smallest": SMALLEST_GROUP,
        "least_in_cell": LEAST_IN_CELL,
    }
    return render(request, "mentoring/insight.jinja", context)
