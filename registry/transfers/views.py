"""Pages of staff imports: upload, progress, preview, confirm, look up."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from registry.accounts.http import SignedInRequest, scope_over
from registry.audit import record
from registry.clinicians.fields import Sector
from registry.clinicians.intake.rows import Verdict
from registry.kernel.errors import Invalid
from registry.kernel.permissions import Permission
from registry.nhsuk.downloads import csv_download, download
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import get_or_post
from registry.transfers import actions, exports, presenters, progress
from registry.transfers.forms import UploadForm
from registry.transfers.models import ImportBatch, ImportRow
from registry.transfers.staff_columns import STAFF_COLUMNS
from registry.transfers.states import AT_WORK, BatchState


def _batch(request: SignedInRequest, pk: int) -> ImportBatch:
    visible = ImportBatch.visible_to(request.user, Permission.PEOPLE_IMPORT)
    return get_object_or_404(visible.select_related("organisation", "uploaded_by", "confirmed_by"), pk=pk)


@require_GET
def batches(request: SignedInRequest) -> HttpResponse:
    """Every import of one's organisations, the newest first."""
    scope_over(request, Permission.PEOPLE_IMPORT)
    visible = ImportBatch.visible_to(request.user, Permission.PEOPLE_IMPORT)
    page = keyset_page(
        visible.select_related("organisation", "uploaded_by"), params=request.GET, order=["pk"], descending=True
    )
    return render(request, "transfers/batches.jinja", {"page": page, "state_tag": presenters.state_tag})


@get_or_post
def upload(request: SignedInRequest) -> HttpResponse:
    """Choose a file and have it checked."""
    scope_over(request, Permission.PEOPLE_IMPORT)
    posted = request.method == "POST"
    form = UploadForm(request.user, request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = actions.upload_staff_file(
                data=file.read(),
                file_name=file.name,
                organisation=form.cleaned_data["organisation"],
                sector=Sector(form.cleaned_data["sector"]),
                by=request.user,
            )
        except Invalid as error:
            form.add_error(error.field, error.message)
        else:
            return redirect("transfers:batch", batch.pk)
    return render(request, "transfers/upload.jinja", {"form": form, "columns": STAFF_COLUMNS})


@require_GET
def batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """One import: how far it is, its preview, or what it did."""
    found = _batch(request, pk)
    if found.state in AT_WORK:
        return render(request, "transfers/at_work.jinja", {"batch": found, "percent": progress.percent(pk)})
    chosen = request.GET.get("show", Verdict.ERROR if found.errors and found.state == BatchState.READY else "")
    chosen = chosen if chosen in Verdict.values else ""
    rows = ImportRow.visible_to(request.user, Permission.PEOPLE_IMPORT).filter(batch=found)
    page = keyset_page(rows.filter(verdict=chosen) if chosen else rows, params=request.GET, order=["number", "pk"])
    if found.forgotten_at is None:
        record.read("staff import", found, by=request.user, organisation_id=found.organisation_id)
    context = {
        "batch": found,
        "tag": presenters.state_tag(found),
        "page": page,
        "shares": presenters.shares(found, chosen),
        "transitions": found.transitions.select_related("by"),
        "verdict_tag": presenters.verdict_tag,
        "remark": presenters.remark,
        "change": presenters.change,
    }
    return render(request, "transfers/batch.jinja", context)


@require_GET
def progress_bar(request: SignedInRequest, pk: int) -> HttpResponse:
    """The part of the page that htmx fetches while the work goes on; it reloads the page when it is over."""
    found = _batch(request, pk)
    if found.state not in AT_WORK:
        return HttpResponseClientRefresh()
    return render(request, "transfers/_progress.jinja", {"batch": found, "percent": progress.percent(pk)})


@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponseRedirect:
    """Have the import written."""
    actions.confirm_import(batch=_batch(request, pk), by=request.user)
    return redirect("transfers:batch", pk)


@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponseRedirect:
    """Throw the import away."""
    actions.discard_import(batch=_batch(request, pk), by=request.user)
    return redirect("transfers:batch", pk)


@require_GET
def errors(request: SignedInRequest, pk: int) -> HttpResponse:
    """The rows with a problem or a note, as a CSV file that can be mended and uploaded again."""
    found = _batch(request, pk)
    if found.forgotten_at is not None or found.state in AT_WORK:
        raise Http404
    record.read("staff import errors", found, by=request.user, organisation_id=found.organisation_id)
    rows = ImportRow.visible_to(request.user, Permission.PEOPLE_IMPORT).filter(batch=found)
    table = presenters.error_table(rows.with_remarks().order_by("number"))
    return csv_download(*table, name=f"import-{pk}-to-mend.csv")


@require_GET
def template(request: SignedInRequest, kind: str) -> HttpResponse:
    """The empty staff file, as CSV or XLSX."""
    scope_over(request, Permission.PEOPLE_IMPORT)
    headings, rows = presenters.template_table()
    if kind == "csv":
        return csv_download(headings, rows, name="staff-template.csv")
    content = exports.as_xlsx("Staff", headings, rows, empty_rows=500)
    return download(content, content_type=exports.XLSX_TYPE, name="staff-template.xlsx")
