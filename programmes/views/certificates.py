"""A certificate as a file, and the page on which anybody checks that it holds."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programmes.certificate_pdf import render as as_pdf
from programmes.models import Certificate
from programmes.verifying import verified, within_limit
from registry.accounts.http import SignedInRequest
from registry.kernel.permissions import Permission as P
from registry.nhsuk.downloads import download


@require_safe
def certificate(request: SignedInRequest, pk: int) -> HttpResponse:
    """The PDF, for its holder and those who run the programme; one that was revoked is not given out."""
    for permission in (P.PROGRAMME_TAKE_PART, P.PROGRAMME_MANAGE):
        rows = Certificate.visible_to(request.user, permission).filter(revoked_at=None)
        found = rows.select_related("enrolment__cohort__organisation").filter(pk=pk).first()
        if found is not None:
            return download(as_pdf(found), content_type="application/pdf", name="certificate.pdf")
    raise Http404


@login_not_required
@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Whether a certificate holds, for whoever was shown its code: name, programme and day, and nothing else."""
    if not within_limit(request.META.get("REMOTE_ADDR", "")):
        return _answer(request, None, "many", status=429)
    found = verified(code)
    return _answer(request, found, "", status=200 if found else 404)


def _answer(request: HttpRequest, found: object, why: str, *, status: int) -> HttpResponse:
    context = {"found": found, "why": why}
    response = render(request, "programmes/taking_part/verify.jinja", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
