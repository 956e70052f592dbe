"""An appraisal to take into one's calendar."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from registry.accounts.calendar import MEDIA_TYPE
from registry.accounts.http import SignedInRequest
from registry.appraisals import calendar
from registry.appraisals.models import Appraisal
from registry.kernel.permissions import Permission as P
from registry.nhsuk.downloads import download


@require_safe
def download_entry(request: SignedInRequest, pk: int) -> HttpResponse:
    """The file, for the person it is about and for their appraiser."""
    for permission in (P.APPRAISAL_PREPARE, P.APPRAISAL_CONDUCT):
        row = Appraisal.visible_to(request.user, permission).with_people().filter(pk=pk).first()
        if row is not None:
            content = calendar.as_file(row, for_appraiser=permission == P.APPRAISAL_CONDUCT)
            return download(content, content_type=MEDIA_TYPE, name="appraisal.ics")
    raise Http404
