"""The pages of matching rounds: opening one, its versions and what they cost, publishing and cancelling it."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mentoring import progress
from mentoring import round_presenters as words
from mentoring.actions import publishing
from mentoring.actions import rounds as actions
from mentoring.actions.rounds import Changes
from mentoring.fields import RequestState
from mentoring.models import MentoringRequest, MentorProfile, Round, RoundPair, RoundVersion
from mentoring.points import TIE_RULE, Weights
from mentoring.round_forms import RoundForm, WeightsForm
from mentoring.states import UNFINISHED, RoundState, VersionStatus
from mentoring.views.round_doors import may_decide, record_read, round_led, version_led
from registry.accounts.http import SignedInRequest, scope_over
from registry.clinicians.fields import Profession
from registry.kernel.permissions import Permission as P
from registry.nhsuk.attempts import attempt_change
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post

PAGE = 25
MOST_LEFT_OUT = 100


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The rounds this lead reaches as a whole, the newest first."""
    scope_over(request, P.MENTORING_MANAGE)
    rows = Round.visible_to(request.user, P.MENTORING_MANAGE).select_related("current")
    page = keyset_page(rows, params=request.GET, order=["pk"], descending=True, size=PAGE)
    return render(request, "mentoring/rounds/index.jinja", {"page": page, "tag": words.round_tag})


@get_or_post
def open_round(request: SignedInRequest) -> HttpResponse:
    """Begin a round."""
    scope_over(request, P.MENTORING_MANAGE)
    form = RoundForm(request.POST if request.method == "POST" else None, user=request.user)

    def act(data: dict[str, Any]) -> Round:
        chosen = form.reaches[data.pop("reach")]
        return actions.open_round(organisation_ids=chosen.organisation_ids, by=request.user, **data)

    if opened := accepted(form, act):
        messages.success(request, "The round is open. Nobody is told before you publish it.")
        return redirect("mentoring:round", opened.pk)
    context = {"form": form, "title": "Open a matching round", "button_text": "Open the round"}
    back = {"back": reverse("mentoring:rounds"), "back_text": "Matching rounds"}
    return render(request, "layouts/form.jinja", context | back)


@never_cache
@require_safe
def detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """A round: whom it matches, what it has, what comes next, and every version."""
    found = round_led(request, pk)
    versions = list(found.versions.select_related("asked_by"))
    places = list(found.places.select_related("organisation"))
    is_open = found.state == RoundState.PREPARING
    asked = MentoringRequest.visible_to(request.user, P.MENTORING_MANAGE)
    offers = MentorProfile.visible_to(request.user, P.MENTORING_MANAGE)
    context = {
        "round": found,
        "tag": words.round_tag(found),
        "version_tag": words.version_tag,
        "organisations": [str(one) for one in places[:5]],
        "more_organisations": max(len(places) - 5, 0),
        "professions": [Profession(one).label for one in found.professions],
        "versions": versions,
        "running": next((one for one in versions if one.status in UNFINISHED), None),
        "result": words.result(found.current) if found.current else "",
        "gone": _no_longer_look(request, found) if is_open else 0,
        "proved": words.proved,
        "tie_rule": TIE_RULE,
        "is_open": is_open,
        "seen": actions.mark_of(found),
        "look": asked.in_round(found).count() if is_open else 0,
        "offer": offers.in_round(found).count() if is_open else 0,
    }
    return render(request, "mentoring/rounds/round.jinja", context)


@require_POST
def match(request: SignedInRequest, pk: int) -> HttpResponse:
    """Have a round matched, or matched again with whoever takes part now."""
    found = round_led(request, pk)
    form, seen = forms.Form({}), request.POST.get("seen") or None
    version = accepted(form, lambda _: actions.ask_version(round=found, seen=seen, by=request.user))
    if version is None:
        messages.warning(request, str(form.non_field_errors()[0]))
        return redirect("mentoring:round", pk)
    return redirect("mentoring:version", version.pk)


@get_or_post
def weights(request: SignedInRequest, pk: int) -> HttpResponse:
    """Try other weights, or another minimum."""
    found = round_led(request, pk)
    current = found.current
    form = WeightsForm(
        request.POST if request.method == "POST" else None,
        weights=current.weights if current else asdict(Weights()),
        minimum=current.minimum if current else 0,
    )

    def act(data: dict[str, Any], seen: str | None) -> RoundVersion:
        changes = Changes(weights=form.weights(), minimum=data["minimum"])
        return actions.ask_version(round=found, changes=changes, seen=seen, by=request.user)

    if version := attempt_change(form, act, stored=actions.mark_of(found)):
        return redirect("mentoring:version", version.pk)
    context = {
        "form": form,
        "title": "Change the weights",
        "button_text": "Match with these weights",
        "intro": "Each pair earns these points for what suits. The higher a number, the more it counts.",
        "back": reverse("mentoring:round", args=[pk]),
        "back_text": found.name,
    }
    return render(request, "layouts/form.jinja", context)


@never_cache
@require_safe
def version(request: SignedInRequest, pk: int) -> HttpResponse:
    """A version at whatever stage it is: being matched, failed, or matched, with what it changes."""
    found = version_led(request, pk)
    context: dict[str, Any] = {"version": found, "round": found.round, "tag": words.version_tag(found)}
    if found.status in UNFINISHED:
        context |= {"given_up": actions.given_up(found), "seen": actions.mark_of(found.round)}
        return render(request, "mentoring/rounds/matching.jinja", context | _progress(found))
    if found.status != VersionStatus.READY:
        return render(request, "mentoring/rounds/not_matched.jinja", context)
    page, moved, cost = None, 0, []
    if found.based_on_id is not None:
        rows = RoundPair.visible_to(request.user, P.MENTORING_MANAGE).filter(version=found)
        rows = rows.moved_from(found.based_on_id, request.user)
        moved = rows.count()
        left, gained = rows.filter(mentor=None).count(), rows.filter(before=None).count()
        cost = words.cost(found, left=left, found=gained)
        page = keyset_page(rows.with_people(), params=request.GET, order=["pk"], size=PAGE)
        record_read(request, found, [pair.wanted.clinician_id for pair in page.rows])
    context |= {
        "result": words.result(found),
        "changed": words.changed(found, request.user),
        "cost": cost,
        "proved": words.proved,
        "tie_rule": TIE_RULE,
        "page": page,
        "moved": words.requests(moved),
        "names": words.names_of(request.user, [pair.before for pair in page.rows] if page else []),
        "gone": words.GONE,
        "is_current": found.round.current_id == found.pk,
        "may_keep": found.round.state == RoundState.PREPARING and found.based_on_id == found.round.current_id,
        "may_decide": may_decide(found),
    }
    return render(request, "mentoring/rounds/version.jinja", context)


@never_cache
@require_safe
def matching(request: SignedInRequest, pk: int) -> HttpResponse:
    """The part of the progress page that htmx asks for every second; at the end it loads the page again."""
    found = version_led(request, pk)
    if found.status not in UNFINISHED:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "mentoring/rounds/_matching.jinja", {"version": found} | _progress(found))


@require_POST
def stop(request: SignedInRequest, pk: int) -> HttpResponse:
    """Stop a version that is being matched."""
    found = version_led(request, pk)
    actions.stop(version=found, by=request.user)
    messages.success(request, "The matching is stopped. Nothing was changed.")
    return redirect("mentoring:round", found.round_id)


@require_POST
def keep(request: SignedInRequest, pk: int) -> HttpResponse:
    """Make a version the round's own."""
    found = version_led(request, pk)
    actions.keep(version=found, by=request.user)
    messages.success(request, f"Version {found.number} is the one that will be published.")
    return redirect("mentoring:round", found.round_id)


@never_cache
@get_or_post
def publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what publishing does and which pairs do not hold any more; then publish."""
    found = round_led(request, pk)
    if request.method == "POST":
        seen = request.POST.get("seen") or None
        proposed, left_out = publishing.publish(round=found, seen=seen, by=request.user)
        said = f"{proposed:,} {'pair is' if proposed == 1 else 'pairs are'} proposed. Both people of each are told."
        if left_out:
            said += f" {len(left_out):,} did not hold any more; those people look on."
        messages.success(request, said)
        return redirect("mentoring:round", pk)
    if found.state != RoundState.PREPARING or found.current is None:
        return redirect("mentoring:round", pk)
    left_out_now = publishing.no_longer(found.current)
    # Whoever is one of the two does not read how it stands.
    others = [one for one in left_out_now if not words.is_one_of(request.user, one[0])]
    record_read(request, found.current, [pair.wanted.clinician_id for pair, _ in others[:MOST_LEFT_OUT]])
    context = {
        "round": found,
        "number": found.current.matched - len(left_out_now),
        "pairs": words.pairs,
        "left_out": others[:MOST_LEFT_OUT],
        "more": max(len(others) - MOST_LEFT_OUT, 0),
        "nobody": words.requests(found.current.mentees - found.current.matched),
        "seen": actions.mark_of(found),
    }
    return render(request, "mentoring/rounds/publish.jinja", context)


@get_or_post
def cancel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Confirm, then give a round up."""
    found = round_led(request, pk)
    if request.method == "POST":
        actions.cancel_round(round=found, by=request.user)
        messages.success(request, "The round is cancelled. Everybody goes on looking.")
        return redirect("mentoring:rounds")
    if found.state != RoundState.PREPARING:
        return redirect("mentoring:round", pk)
    return render(request, "mentoring/rounds/cancel.jinja", {"round": found})


def _progress(found: RoundVersion) -> dict[str, Any]:
    how_far = progress.read(found.pk)
    return {"words": words.progress_words(found, how_far), "percent": words.PERCENT.get(how_far.stage, 0)}


def _no_longer_look(request: SignedInRequest, found: Round) -> int:
    """How many of the matched of a round have stopped looking, or are proposed somebody else by now."""
    rows = RoundPair.visible_to(request.user, P.MENTORING_MANAGE).filter(version=found.current_id).matched()
    return int(rows.exclude(wanted__state=RequestState.OPEN).count())
