"""The pages of one's own venture: starting it, its words, stage, funding and partners, declaring, showing it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from registry.accounts.http import SignedInRequest
from registry.contributions.actions import clearing
from registry.contributions.actions import ventures as actions
from registry.contributions.forms import DeclarationForm, FundingForm, MoveForm, PartnerForm, VentureForm
from registry.contributions.models import Funding, Partner, Venture
from registry.contributions.presenters import clearance_tag, decision_tag, stage_tag
from registry.contributions.states import Clearance, Stage
from registry.contributions.views.doors import own_venture, require_profile, venture_going_on
from registry.kernel.permissions import Permission as P
from registry.nhsuk.submitting import accepted, get_or_post


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing that a venture has several of: how it is called, and its model and form."""

    one: str
    model: type[Funding | Partner]
    form: type[FundingForm | PartnerForm]


KINDS = {
    "funding": Kind("funding", Funding, FundingForm),
    "partners": Kind("a partner", Partner, PartnerForm),
}


@require_safe
def venture(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything about one's own venture, and what comes next."""
    row: Any = own_venture(request, pk)
    declarations = row.declarations.select_related("organisation", "decided_by")
    context = {
        "venture": row,
        "ended": row.stage == Stage.ENDED,
        "stage": stage_tag(row),
        "clearance": clearance_tag(row),
        "undeclared": row.clearance == Clearance.UNDECLARED,
        "cleared": row.clearance == Clearance.CLEARED,
        "funding": list(row.funding.all()),
        "partners": list(row.partners.all()),
        "declarations": [(one, decision_tag(one)) for one in declarations],
        "steps": row.transitions.select_related("by").order_by("-pk"),
        "consent": row.consents.in_force().first(),
    }
    return render(request, "contributions/venture.jinja", context)


@get_or_post
def start(request: SignedInRequest) -> HttpResponse:
    """Write down a new venture."""
    me = require_profile(request)
    form = VentureForm(_data(request), instance=Venture(clinician=me))
    if accepted(form, lambda data: actions.start_venture(venture=form.instance, by=request.user)):
        messages.success(request, f"{form.instance.title} is saved. Declare your interests next.")
        return redirect("contributions:venture", form.instance.pk)
    context = {
        "form": form,
        "title": "Start a venture",
        "intro": (
            f"You and the HR team at {me.organisation} can read it. "
            "Nobody else can, unless you choose to show it once they have cleared it."
        ),
        "back": reverse("contributions:mine"),
        "back_text": "Ideas and ventures",
        "button_text": "Save the venture",
    }
    return render(request, "layouts/form.jinja", context)


@get_or_post
def describe(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put it in other words."""
    row = venture_going_on(request, pk)
    title = row.title  # the form writes on the object it is given
    form = VentureForm(_data(request), instance=row)
    if accepted(form, lambda data: actions.describe_venture(venture=row, by=request.user, **data)):
        messages.success(request, "The venture is saved.")
        return redirect("contributions:venture", row.pk)
    return _form(request, row, form, f"Change {title}", "Save changes", intro=_ends_clearance(row))


@get_or_post
def move(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say how far it is now."""
    row = venture_going_on(request, pk)
    form = MoveForm(_data(request), venture=row)

    def act(data: dict[str, Any]) -> None:
        actions.move_venture(venture=row, to=Stage(data["to"]), reason=data["reason"], by=request.user)

    if accepted(form, act):
        messages.success(request, "The stage is saved.")
        return redirect("contributions:venture", row.pk)
    return _form(request, row, form, "Say how far it is", "Save the stage")


@get_or_post
def declare(request: SignedInRequest, pk: int) -> HttpResponse:
    """Declare one's interests, or declare them anew."""
    row = venture_going_on(request, pk)
    last = row.declarations.current().first()
    form = DeclarationForm(_data(request), initial={"text": last.text if last else ""})
    if accepted(form, lambda data: clearing.declare(venture=row, by=request.user, **data)):
        messages.success(request, f"The HR team at {row.clinician.organisation} decides now.")
        return redirect("contributions:venture", row.pk)
    intro = f"An HR officer at {row.clinician.organisation} reads this and decides. What was decided before ends."
    return _form(request, row, form, "Declare your interests", "Declare", intro=intro)


@get_or_post
def show(request: SignedInRequest, pk: int) -> HttpResponse:
    """What everybody would see, and the consent to it."""
    row: Any = venture_going_on(request, pk)
    if request.method == "POST":
        actions.show_venture(venture=row, by=request.user)
        shown = row.clearance == Clearance.CLEARED
        messages.success(
            request,
            "Your venture is on the showcase." if shown else "Your venture is shown as soon as it is cleared.",
        )
        return redirect("contributions:venture", row.pk)
    return render(request, "contributions/show.jinja", {"venture": row, "stage": stage_tag(row)})


@require_POST
def hide(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take it off the showcase."""
    row = own_venture(request, pk)
    actions.hide_venture(venture=row, by=request.user)
    messages.success(request, "Your venture is not shown any more.")
    return redirect("contributions:venture", row.pk)


@get_or_post
def add_part(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """Add money or a partner."""
    row, of = venture_going_on(request, pk), _kind(kind)
    form = of.form(_data(request), instance=of.model(venture=row))
    return _save_part(request, row, form, f"Add {of.one}", f"Add {of.one}")


@get_or_post
def edit_part(request: SignedInRequest, pk: int, kind: str, part_pk: int) -> HttpResponse:
    """Change money or a partner, or go on to remove it."""
    row, of = venture_going_on(request, pk), _kind(kind)
    form = of.form(_data(request), instance=_part(request, row, of, part_pk))
    return _save_part(request, row, form, f"Change {of.one}", "Save changes", remove=(kind, part_pk))


def _save_part(
    request: SignedInRequest, row: Venture, form: Any, title: str, button: str, *, remove: tuple[str, int] | None = None
) -> HttpResponse:
    if accepted(form, lambda data: actions.save_part(part=form.instance, by=request.user)):
        messages.success(request, "The venture is saved.")
        return redirect("contributions:venture", row.pk)
    href = reverse("contributions:remove_part", args=[row.pk, *remove]) if remove else ""
    return _form(request, row, form, title, button, remove=href, intro=_ends_clearance(row))


@require_POST
def remove_part(request: SignedInRequest, pk: int, kind: str, part_pk: int) -> HttpResponse:
    """Remove money or a partner."""
    row, of = venture_going_on(request, pk), _kind(kind)
    actions.remove_part(part=_part(request, row, of, part_pk), by=request.user)
    messages.success(request, "It is removed.")
    return redirect("contributions:venture", row.pk)


def _kind(kind: str) -> Kind:
    if kind not in KINDS:
        raise Http404
    return KINDS[kind]


def _part(request: SignedInRequest, row: Venture, of: Kind, pk: int) -> Any:
    rows = of.model.visible_to(request.user, P.VENTURE_EDIT).filter(venture=row)
    return get_object_or_404(rows.select_related("venture"), pk=pk)


def _ends_clearance(row: Any) -> str:
    """What to know before changing a venture that is cleared."""
    if row.clearance != Clearance.CLEARED:
        return ""
    employer = row.clinician.organisation
    return (
        f"{employer} has cleared this venture. If you change anything here, they have to clear it again. "
        "Until then it does not count as cleared, and nobody sees it on the showcase."
    )


def _data(request: SignedInRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _form(request: SignedInRequest, row: Venture, form: Any, title: str, button: str, **more: str) -> HttpResponse:
    back = reverse("contributions:venture", args=[row.pk])
    context = {"form": form, "title": title, "button_text": button, "back": back, "back_text": "Back to the venture"}
    return render(request, "layouts/form.jinja", context | more)
