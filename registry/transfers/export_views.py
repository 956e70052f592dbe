"""Pages of exports: a short table comes at once, a long one is made while its page shows how far it is."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from registry.accounts.http import SignedInRequest, scope_over
from registry.appraisals.officers.sheets import PERMISSIONS, SHEETS
from registry.kernel.clock import today
from registry.nhsuk.downloads import download
from registry.transfers import exporting, progress, tasks
from registry.transfers.models import ExportJob, FileKind
from registry.transfers.states import ExportState


def _job(request: SignedInRequest, pk: int) -> ExportJob:
    job: ExportJob = get_object_or_404(ExportJob.visible_to(request.user, exporting.PERMISSION).defer("content"), pk=pk)
    return job


@require_http_methods(["GET", "HEAD", "POST"])
def make(request: SignedInRequest, name: str, kind: str) -> HttpResponse:
    """The table as a file; where it is long, a page to have it made."""
    if name not in SHEETS:
        raise Http404
    scope_over(request, PERMISSIONS[name])
    sheet, file_kind = SHEETS[name](request.user, request.GET), FileKind(kind)
    if sheet.count <= settings.EXPORT_ROWS_AT_ONCE:
        content = exporting.as_file(sheet, file_kind)
        sheet.trace()
        return download(content, content_type=exporting.TYPES[file_kind], name=_file_name(name, kind))
    if request.method == "POST":
        job = exporting.ask(
            name=name,
            kind=file_kind,
            query=request.GET.urlencode(),
            total=sheet.count,
            start=tasks.make_export.delay,
            by=request.user,
        )
        return redirect("exports:job", job.pk)
    return render(request, "transfers/long_export.jinja", {"sheet": sheet, "kind": file_kind})


@require_GET
def job(request: SignedInRequest, pk: int) -> HttpResponse:
    """How far a file is, or where to download it."""
    found = _job(request, pk)
    context = {
        "job": found,
        "percent": progress.percent(pk, job="export"),
        "keep_days": settings.EXPORT_KEEP_DAYS,
    }
    return render(request, "transfers/export.jinja", context)


@require_GET
def progress_bar(request: SignedInRequest, pk: int) -> HttpResponse:
    """The part of the page that htmx fetches while the file is made; it reloads the page when it is over."""
    found = _job(request, pk)
    if found.state != ExportState.WAITING:
        return HttpResponseClientRefresh()
    context = {"job": found, "percent": progress.percent(pk, job="export")}
    return render(request, "transfers/_export_progress.jinja", context)


@require_GET
def file(request: SignedInRequest, pk: int) -> HttpResponse:
    """The file, while it is kept."""
    found = _job(request, pk)
    if found.state != ExportState.READY or found.content is None:
        raise Http404
    content_type = exporting.TYPES[FileKind(found.kind)]
    return download(bytes(found.content), content_type=content_type, name=_file_name(found.name, found.kind))


def _file_name(name: str, kind: str) -> str:
    return f"{name}-{today().isoformat()}.{kind}"
