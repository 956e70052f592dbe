"""The pages Compliance, Overdue and Designated body, and one appraisal as officers see it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest, scope_over
from registry.appraisals.models import Appraisal, AppraisalTransition, Postponement
from registry.appraisals.officers import figures, filters, presenters
from registry.appraisals.officers.annual import annual
from registry.appraisals.officers.contact import everything
from registry.appraisals.officers.forms import BodyFilter, ComplianceFilter
from registry.appraisals.officers.lines import RELATED, lines
from registry.appraisals.states import OPEN, SIGNED, WRITABLE
from registry.competency.over_time import over_time
from registry.competency.radar import Series
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page


@require_safe
def compliance(request: SignedInRequest) -> HttpResponse:
    """Who stands where, by organisation, department and profession, and how many were done in time, month by month."""
    scope_over(request, P.APPRAISAL_VIEW)
    asked, day = ComplianceFilter(request.GET, user=request.user), today()
    cells = figures.compliance(request.user, day=day, cycle=asked.cycle, organisation=asked.organisation)
    months = figures.months(request.user, day=day, cycle=asked.cycle, organisation=asked.organisation)
    names = [f"{month.first:%b}" for month in months]
    shares = [Series("agreed", "Done in time", tuple(month.share for month in months))]
    everybody = figures.total(cells.values())
    context = {
        "filter": asked,
        "cycle": asked.cycle,
        "organisation": asked.organisation,
        "everybody": everybody,
        "wheres": list(figures.Where),
        "cuts": presenters.cuts(
            cells, organisations=asked.organisations, asked=_kept(request, "cycle", "organisation")
        ),
        "months": [(presenters.month_name(month.first), month) for month in months],
        "wide": over_time(names, shares, wide=True),
        "narrow": over_time(names, shares, wide=False),
        "any_month": any(month.due for month in months),
        "query": request.GET.urlencode(),
        "may_manage": request.user.scope_for(P.APPRAISAL_MANAGE).over_others,
    }
    return render(request, "officers/compliance.jinja", context)


@require_safe
def overdue(request: SignedInRequest) -> HttpResponse:
    """Who is overdue, and what has been done about it."""
    scope_over(request, P.APPRAISAL_VIEW)
    found = filters.overdue(request.user, request.GET)
    page = keyset_page(found.qs.select_related(*RELATED), params=request.GET, order=found.ordering)
    context = {
        "filter": found,
        "page": page,
        "lines": lines(page.rows, user=request.user, day=today()),
        "count": found.qs.count(),
        "query": _kept(request, *found.filters),
        "may_manage": request.user.scope_for(P.APPRAISAL_MANAGE).over_others,
    }
    return render(request, "officers/overdue.jinja", context)


@require_safe
def appraisal(request: SignedInRequest, pk: int) -> HttpResponse:
    """One appraisal: its dates, steps, messages and postponements, and what an officer can do about it."""
    scope_over(request, P.APPRAISAL_VIEW)
    visible = Appraisal.visible_to(request.user, P.APPRAISAL_VIEW).over_others(request.user, P.APPRAISAL_VIEW)
    row = get_object_or_404(visible.select_related(*RELATED, "clinician__line_manager"), pk=pk)
    steps = AppraisalTransition.visible_to(request.user, P.APPRAISAL_VIEW).filter(appraisal=row)
    postponed = Postponement.visible_to(request.user, P.APPRAISAL_MANAGE).filter(appraisal=row)
    manages = request.user.scope_for(P.APPRAISAL_MANAGE).covers(frozenset({row.clinician.organisation_id}))
    context = {
        "appraisal": row,
        "tag": presenters.state_tag(row),
        "days": (today() - row.due_on).days if row.state in OPEN else 0,
        "steps": steps.select_related("by").order_by("-pk"),
        "contacts": everything(row),
        "postponements": postponed.select_related("asked_by", "decided_by").order_by("-pk"),
        "may_assign": manages and row.state in WRITABLE and row.rule.cycle.kind in SIGNED,
        "may_decide": manages,
    }
    return render(request, "officers/appraisal.jinja", context)


@require_safe
def designated_body(request: SignedInRequest) -> HttpResponse:
    """The yearly figures of a designated body, to print, export and report."""
    scope_over(request, P.DESIGNATED_BODY_VIEW)
    asked = BodyFilter(request.GET, user=request.user)
    year = annual(request.user, body=asked.body, last_day=asked.last_day) if asked.body else None
    context = {"filter": asked, "body": asked.body, "year": year, "today": today(), "query": request.GET.urlencode()}
    return render(request, "officers/designated_body.jinja", context)


def _kept(request: SignedInRequest, *names: str) -> str:
    """Of the page's query the parts of these names."""
    kept = request.GET.copy()
    for name in set(kept) - set(names):
        del kept[name]
    return kept.urlencode()
