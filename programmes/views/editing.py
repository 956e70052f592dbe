"""What leads do with programmes and versions: describing, drafting, publishing, closing, retiring."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from programmes import wording
from programmes.actions import catalogue
from programmes.catalogue_forms import ProgrammeForm, VersionForm
from programmes.fields import GateKind
from programmes.states import VersionState
from programmes.views.catalogue import gates_of
from programmes.views.doors import cohorts_led, programme_led, programmes_led, version_led
from registry.accounts.http import SignedInRequest, scope_over
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post

PAGE = 25


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The programmes this lead runs, the lowest tier first, each with its version in force and its draft."""
    scope_over(request, P.PROGRAMME_MANAGE)
    rows = programmes_led(request.user)
    page = keyset_page(
        rows.select_related("organisation").prefetch_related("versions"),
        params=request.GET,
        order=("tier", "name", "pk"),
        size=PAGE,
    )
    context = {"page": page, "count": rows.count(), "versions": wording.versions}
    return render(request, "programmes/catalogue/manage.jinja", context)


@get_or_post
def create(request: SignedInRequest) -> HttpResponse:
    """Describe a new programme, then go on to its first version."""
    scope_over(request, P.PROGRAMME_MANAGE)
    form = ProgrammeForm(request.POST if request.method == "POST" else None, user=request.user)
    made = accepted(form, lambda data: catalogue.create_programme(values=data, by=request.user))
    if made:
        messages.success(request, "The programme is saved. It needs stages and gates before a cohort can open.")
        return redirect("programmes:version", made.versions.get().pk)
    return render(request, "programmes/catalogue/programme_form.jinja", {"form": form, "programme": None})


@get_or_post
def edit(request: SignedInRequest, code: str) -> HttpResponse:
    """Describe a programme anew."""
    shown = programme_led(request, code)
    form = ProgrammeForm(request.POST if request.method == "POST" else None, user=request.user, programme=shown)
    if accepted(form, lambda data: catalogue.edit_programme(programme=shown, values=data, by=request.user)):
        messages.success(request, "The programme is saved.")
        return redirect("programmes:manage_programme", shown.code)
    return render(request, "programmes/catalogue/programme_form.jinja", {"form": form, "programme": shown})


@require_safe
def programme(request: SignedInRequest, code: str) -> HttpResponse:
    """A programme as its leads see it: versions and cohorts."""
    shown = programme_led(request, code)
    versions = list(shown.versions.select_related("published_by"))
    cohorts = cohorts_led(request.user).filter(version__programme=shown)
    page = keyset_page(cohorts, params=request.GET, order=("starts_on", "pk"), descending=True, size=PAGE)
    context = {
        "programme": shown,
        "versions": versions,
        "draft": next((one for one in versions if one.state == VersionState.DRAFT), None),
        "newest": catalogue.newest_open_version(shown),
        "page": page,
        "tag": wording.tag,
        "version_tag": wording.version_tag,
    }
    return render(request, "programmes/catalogue/manage_programme.jinja", context)


@get_or_post
def retire(request: SignedInRequest, code: str) -> HttpResponse:
    """Confirm, then take a programme out of the catalogue."""
    shown = programme_led(request, code)
    catalogue.require_in_use(shown)
    if request.method == "POST":
        catalogue.retire_programme(programme=shown, by=request.user)
        messages.success(request, "The programme is retired. It is no longer in the catalogue.")
        return redirect("programmes:manage_programme", shown.code)
    context = {
        "title": f"Retire {shown.name}",
        "back": ("programmes:manage_programme", shown.code),
        "says": [
            "It leaves the catalogue, and no new cohort can be planned. Whoever takes part now goes on.",
            "This cannot be undone.",
        ],
        "button": "Retire the programme",
    }
    return render(request, "programmes/catalogue/confirm.jinja", context)


@require_POST
def draft(request: SignedInRequest, code: str) -> HttpResponse:
    """Begin the next version with what the last one has."""
    version = catalogue.draft_version(programme=programme_led(request, code), by=request.user)
    messages.success(request, f"Version {version.number} is a draft now. Nothing changes until you publish it.")
    return redirect("programmes:version", version.pk)


@require_safe
def version(request: SignedInRequest, pk: int) -> HttpResponse:
    """A version: its stages, gates and criteria, to be changed while it is a draft."""
    shown = version_led(request, pk)
    is_draft = shown.state == VersionState.DRAFT
    gates = gates_of(shown.pk)
    used = {gate.kind for gate in gates}
    context = {
        "version": shown,
        "programme": shown.programme,
        "is_draft": is_draft,
        "stages": list(shown.stages.all()),
        "gates": gates,
        "kinds": [kind for kind in GateKind if kind not in used or kind in (GateKind.PREREQUISITE, GateKind.LEVEL)],
        "problems": catalogue.problems(shown) if is_draft else [],
        "version_tag": wording.version_tag,
        "wording": wording,
    }
    return render(request, "programmes/catalogue/version.jinja", context)


@get_or_post
def describe(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is new in a draft, and what is expected of whoever takes a place."""
    shown = version_led(request, pk)
    form = VersionForm(request.POST if request.method == "POST" else None, version=shown)
    if accepted(form, lambda data: catalogue.describe_version(version=shown, by=request.user, **data)):
        messages.success(request, "Saved.")
        return redirect("programmes:version", shown.pk)
    context = {"form": form, "title": "Describe this version", "back": ("programmes:version", shown.pk)}
    return render(request, "programmes/catalogue/part_form.jinja", context)


@get_or_post
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """What is missing; where nothing is, confirm and publish."""
    shown = version_led(request, pk)
    if request.method == "POST":
        catalogue.publish_version(version=shown, by=request.user)
        messages.success(request, f"Version {shown.number} is published. New cohorts run on it.")
        return redirect("programmes:manage_programme", shown.programme.code)
    context = {
        "title": f"Publish version {shown.number} of {shown.programme}",
        "back": ("programmes:version", shown.pk),
        "says": [
            "From then on neither its stages nor its gates and criteria can change.",
            "New cohorts run on it. Cohorts that are open or under way stay on the version they opened with.",
        ],
        "missing": catalogue.problems(shown),
        "button": "Publish this version",
    }
    return render(request, "programmes/catalogue/confirm.jinja", context)


@get_or_post
def close(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm, then close a published version."""
    shown = version_led(request, pk)
    if request.method == "POST":
        catalogue.close_version(version=shown, by=request.user)
        messages.success(request, f"Version {shown.number} is closed.")
        return redirect("programmes:manage_programme", shown.programme.code)
    context = {
        "title": f"Close version {shown.number} of {shown.programme}",
        "back": ("programmes:version", shown.pk),
        "says": [
            "No new cohort can open on it, and nobody can apply for a cohort that runs on it.",
            "If it is the newest, no cohort of the programme opens until you publish another.",
            "Whoever has applied or takes part goes on.",
            "This cannot be undone.",
        ],
        "button": "Close this version",
    }
    return render(request, "programmes/catalogue/confirm.jinja", context)
