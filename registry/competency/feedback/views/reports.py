"""The report of a round, on a page and as PDF: for its facilitator once it is closed, for its subject once released."""

from typing import cast

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest
from registry.audit.record import read
from registry.competency.feedback import report_pdf as pdf
from registry.competency.feedback import report_presenters
from registry.competency.models import FeedbackReport
from registry.kernel.permissions import Permission as P
from registry.nhsuk.downloads import download


@require_safe
@never_cache
def report(request: SignedInRequest, pk: int) -> HttpResponse:
    """The figures, the charts and the words."""
    row, own = _report(request, pk, "feedback.report")
    shown = report_presenters.report(row)
    context = {
        "round": row.round,
        "report": shown,
        "own": own,
    }
    return render(request, "feedback/report.jinja", context)


@require_safe
def report_pdf(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same as a tagged PDF."""
    row, _ = _report(request, pk, "feedback.pdf")
    name = f"feedback-{slugify(row.round.subject.name)}-{row.built_on.isoformat()}.pdf"
    return download(pdf.render(report_presenters.report(row)), content_type="application/pdf", name=name)


def _report(request: SignedInRequest, pk: int, purpose: str) -> tuple[FeedbackReport, bool]:
    """The report and whether it is one's own; that the facilitator opened it is written down."""
    parts = ("round__subject", "round__version", "round__facilitator")
    own = FeedbackReport.visible_to(request.user, P.FEEDBACK_RECEIVE).select_related(*parts).filter(pk=pk).first()
    if own is not None:
        return cast("FeedbackReport", own), True
    led = FeedbackReport.visible_to(request.user, P.FEEDBACK_FACILITATE).select_related(*parts)
    row = cast("FeedbackReport", get_object_or_404(led, pk=pk))
    subject = row.round.subject
    read(purpose, subject, by=request.user, organisation_id=subject.organisation_id, detail={"round": pk})
    return row, False
