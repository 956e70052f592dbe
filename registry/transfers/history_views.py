"""Pages of imports of old results: upload, preview, confirm, look up, take back."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from registry.accounts.http import SignedInRequest, scope_over
from registry.audit import record
from registry.competency.history import actions
from registry.competency.models import HistoryImport, HistoryKind
from registry.competency.states import HistoryState
from registry.kernel.errors import Invalid
from registry.kernel.permissions import Permission
from registry.nhsuk.downloads import csv_download
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import get_or_post
from registry.transfers import history_files, presenters
from registry.transfers.forms import HistoryForm
from registry.transfers.history_columns import COLUMNS

SHOWN = 100


def _batch(request: SignedInRequest, pk: int) -> HistoryImport:
    visible = HistoryImport.visible_to(request.user, Permission.PEOPLE_IMPORT)
    # The rows of a large file are megabytes, and only the file to mend shows them.
    rows = visible.select_related("organisation", "uploaded_by", "closed_by").defer("rows")
    return get_object_or_404(rows, pk=pk)


@require_GET
def batches(request: SignedInRequest) -> HttpResponse:
    """Every import of old results of one's organisations, the newest first."""
    scope_over(request, Permission.PEOPLE_IMPORT)
    visible = HistoryImport.visible_to(request.user, Permission.PEOPLE_IMPORT).defer("rows", "problems")
    rows = visible.select_related("organisation", "uploaded_by")
    page = keyset_page(rows, params=request.GET, order=["pk"], descending=True)
    return render(request, "transfers/histories.jinja", {"page": page, "tag": presenters.history_tag})


@get_or_post
def upload(request: SignedInRequest) -> HttpResponse:
    """Choose a file and have it checked."""
    scope_over(request, Permission.PEOPLE_IMPORT)
    posted = request.method == "POST"
    form = HistoryForm(request.user, request.POST if posted else None, request.FILES if posted else None)
    if posted and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = history_files.upload(
                data=file.read(),
                file_name=file.name,
                organisation=form.cleaned_data["organisation"],
                kind=HistoryKind(form.cleaned_data["kind"]),
                by=request.user,
            )
        except Invalid as error:
            form.add_error("file", error.message)
        else:
            return redirect("transfers:history", found.pk)
    kinds = [(kind, COLUMNS[kind.value].columns) for kind in HistoryKind]
    return render(request, "transfers/upload_history.jinja", {"form": form, "kinds": kinds})


@require_GET
def batch(request: SignedInRequest, pk: int) -> HttpResponse:
    """One import: its preview, or what it did."""
    found = _batch(request, pk)
    problems = presenters.history_problems(found)
    if found.state == HistoryState.READY:
        record.read("old results", found, by=request.user, organisation_id=found.organisation_id)
    context = {
        "batch": found,
        "preview": presenters.history_preview(found, request.user),
        "tag": presenters.history_tag(found),
        "problems": problems[:SHOWN],
        "more": max(0, len(problems) - SHOWN),
    }
    return render(request, "transfers/history.jinja", context)


@require_POST
def confirm(request: SignedInRequest, pk: int) -> HttpResponseRedirect:
    """Have the levels kept."""
    done = actions.confirm_history(batch=_batch(request, pk), by=request.user)
    if done.state == HistoryState.READY:
        messages.warning(request, "The registry has changed since this file was checked. Look at it and confirm again.")
    else:
        messages.success(request, "The results are on the people’s timelines.")
    return redirect("transfers:history", pk)


@require_POST
def discard(request: SignedInRequest, pk: int) -> HttpResponseRedirect:
    """Throw the file away."""
    actions.discard_history(batch=_batch(request, pk), by=request.user)
    return redirect("transfers:history", pk)


@require_GET
def errors(request: SignedInRequest, pk: int) -> HttpResponse:
    """The rows with a problem, as a CSV file that can be mended and uploaded again; while the file is kept."""
    found = _batch(request, pk)
    if found.state != HistoryState.READY:
        raise Http404
    record.read("old results errors", found, by=request.user, organisation_id=found.organisation_id)
    return csv_download(*presenters.history_error_table(found), name=f"old-results-{pk}-to-mend.csv")


@get_or_post
def remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an import back, after being asked."""
    found = _batch(request, pk)
    if request.method == "POST":
        actions.remove_history(batch=found, by=request.user)
        messages.success(request, "The import is taken back. Its results are gone from every timeline.")
        return redirect("transfers:history", pk)
    if found.state != HistoryState.DONE:
        return redirect("transfers:history", pk)
    context = {"batch": found, "elsewhere": sum(actions.levels_elsewhere(found).values())}
    return render(request, "transfers/remove_history.jinja", context)


@require_GET
def template(request: SignedInRequest, kind: str) -> HttpResponse:
    """The empty file of this kind, as CSV with one example row."""
    scope_over(request, Permission.PEOPLE_IMPORT)
    columns = COLUMNS[kind].columns
    rows = [[column.example for column in columns]]
    return csv_download([column.heading for column in columns], rows, name=f"{kind}-template.csv")
