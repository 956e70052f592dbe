"""What leads do with the parts of a draft: stages, gates and criteria."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from programmes.actions import parts
from programmes.actions.catalogue import FINAL
from programmes.catalogue_forms import GATE_FORMS, CriterionForm, StageForm
from programmes.fields import SCORED, GateKind
from programmes.models import Criterion, Gate, ProgrammeVersion, Stage
from programmes.states import VersionState
from programmes.views.doors import leads, version_led
from registry.accounts.http import SignedInRequest
from registry.kernel.errors import WrongState
from registry.nhsuk.attempts import attempt_change
from registry.nhsuk.submitting import accepted, get_or_post

# The parts by the word that addresses them has, each with the way to its version.
PARTS: dict[str, tuple[Any, str]] = {
    "stages": (Stage, "version__programme"),
    "gates": (Gate, "version__programme"),
    "criteria": (Criterion, "gate__version__programme"),
}
NEW, SAVED = "Added.", "Saved."


@get_or_post
def add_stage(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add a stage at the end of a draft."""
    return _stage(request, _draft(version_led(request, pk)), None)


@get_or_post
def add_gate(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """Add a gate of a kind at the end of a draft; one that asks nothing more is added at once."""
    version = version_led(request, pk)
    if kind not in GATE_FORMS:
        raise Http404
    _draft(version)
    return _gate(request, version, None, kind)


@get_or_post
def add_criterion(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add a criterion at the end of a scored gate of a draft."""
    gate = _found(request, "gates", pk)
    if gate.kind not in SCORED:
        raise Http404
    _draft(gate.version)
    return _criterion(request, gate, None)


@get_or_post
def edit(request: SignedInRequest, what: str, pk: int) -> HttpResponse:
    """Change a part of a draft."""
    part = _found(request, what, pk)
    _draft(part.gate.version if isinstance(part, Criterion) else part.version)
    if isinstance(part, Stage):
        return _stage(request, part.version, part)
    if isinstance(part, Gate):
        return _gate(request, part.version, part, part.kind)
    return _criterion(request, part.gate, part)


@require_POST
def remove(request: SignedInRequest, what: str, pk: int) -> HttpResponse:
    """Take a part out of a draft."""
    part = _found(request, what, pk)
    key = parts.version_of(part)
    parts.remove_part(part=part, by=request.user)
    messages.success(request, "Removed.")
    return redirect("programmes:version", key)


@require_POST
def move(request: SignedInRequest, what: str, pk: int) -> HttpResponse:
    """Let a part of a draft change places with the one before it, or with `to=down` the one after."""
    part = _found(request, what, pk)
    parts.move_part(part=part, up=request.POST.get("to") != "down", by=request.user)
    return redirect("programmes:version", parts.version_of(part))


def _draft(version: ProgrammeVersion) -> ProgrammeVersion:
    """The version; somebody whose draft was published meanwhile is told so, before they fill in a form."""
    if version.state != VersionState.DRAFT:
        raise WrongState(FINAL)
    return version


def _stage(request: SignedInRequest, version: Any, stage: Stage | None) -> HttpResponse:
    form = StageForm(_posted(request), stage=stage)

    def save(values: dict[str, Any], seen: str | None) -> Stage:
        return parts.save_stage(version=version, stage=stage, values=values, by=request.user, seen=seen)

    done = _saved(form, stage, save)
    return _answer(request, form, done, version, f"Change {stage}" if stage else "Add a stage", new=stage is None)


def _gate(request: SignedInRequest, version: Any, gate: Gate | None, kind: str) -> HttpResponse:
    form = GATE_FORMS[kind](_posted(request), version=version, gate=gate)

    def save(values: dict[str, Any], seen: str | None) -> Gate:
        return parts.save_gate(version=version, gate=gate, kind=kind, values=values, by=request.user, seen=seen)

    done = _saved(form, gate, save)
    title = f"{'Change' if gate else 'Add'} a gate: {GateKind(kind).label.lower()}"
    return _answer(request, form, done, version, title, new=gate is None)


def _criterion(request: SignedInRequest, gate: Gate, criterion: Criterion | None) -> HttpResponse:
    form = CriterionForm(_posted(request), gate=gate, criterion=criterion)

    def save(values: dict[str, Any], seen: str | None) -> Criterion:
        return parts.save_criterion(gate=gate, criterion=criterion, values=values, by=request.user, seen=seen)

    done = _saved(form, criterion, save)
    title = f"Change {criterion}" if criterion else f"Add a criterion to: {gate}"
    return _answer(request, form, done, gate.version, title, new=criterion is None)


def _saved(form: Any, part: parts.Part | None, save: Callable[[dict[str, Any], str | None], Any]) -> Any:
    """Of a part that is there already, only what the lead has seen is changed."""
    if part is None or not form.fields:
        return accepted(form, lambda data: save(data, None))
    return attempt_change(form, save, stored=parts.mark_of(part))


def _answer(request: SignedInRequest, form: Any, done: Any, version: Any, title: str, *, new: bool) -> HttpResponse:
    if done:
        messages.success(request, NEW if new else SAVED)
        return redirect("programmes:version", version.pk)
    context = {"form": form, "title": title, "back": ("programmes:version", version.pk)}
    return render(request, "programmes/catalogue/part_form.jinja", context)


def _posted(request: SignedInRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _found(request: SignedInRequest, what: str, pk: int) -> Any:
    if what not in PARTS:
        raise Http404
    model, way = PARTS[what]
    part = get_object_or_404(model.rows().select_related(way), pk=pk)
    version = part.gate.version if isinstance(part, Criterion) else part.version
    if not leads(request.user, version.programme.organisation_id):
        raise Http404
    return part
