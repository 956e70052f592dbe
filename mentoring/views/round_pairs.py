"""Whom a version gives to whom: the list, one person with the reasons, and what a lead decides about their pair."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from mentoring import round_presenters as words
from mentoring.actions import rounds as actions
from mentoring.actions.rounds import Changes
from mentoring.models import MentorProfile, RoundPair, RoundVersion
from mentoring.round_forms import DecisionForm, MentorSearch, PairFilter
from mentoring.states import VersionStatus
from mentoring.views.round_doors import may_decide, pair_led, record_read, version_led
from registry.accounts.http import SignedInRequest
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted

PAGE = 25
MOST_FOUND = 20
DECISIONS = ("pin", "forbid", "lift")


@never_cache
@require_safe
def index(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everybody who looks in a version, longest first, and whom they have."""
    found = version_led(request, pk)
    if found.status != VersionStatus.READY:
        return redirect("mentoring:version", pk)
    form = PairFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = RoundPair.visible_to(request.user, P.MENTORING_MANAGE).filter(version=found).with_people()
    rows = rows.matching_name(chosen.get("q", ""))
    if chosen.get("show") == "nobody":
        rows = rows.filter(mentor=None)
    elif chosen.get("show") == "second":
        rows = rows.without_first_choice()
    page = keyset_page(rows, params=request.GET, order=["pk"], size=PAGE)
    record_read(request, found, [pair.wanted.clinician_id for pair in page.rows])
    narrowed = bool(chosen.get("q") or chosen.get("show"))
    context = {
        "version": found,
        "round": found.round,
        "filter": form,
        "narrowed": narrowed,
        "page": page,
        "count": words.requests(rows.count()),
        "reasons": words.reasons,
        "points": words.points,
        "is_pinned": words.is_pinned,
    }
    return render(request, "mentoring/rounds/pairs.jinja", context)


@never_cache
@require_safe
def pair(request: SignedInRequest, pk: int) -> HttpResponse:
    """One person: why this mentor, or why nobody and what would change it; and the mentors one could give them."""
    found = pair_led(request, pk)
    version: RoundVersion = found.version
    mentors = MentorProfile.visible_to(request.user, P.MENTORING_MANAGE).with_people()
    best = [key for key, _ in found.choices]
    decided = words.decided(version, found.wanted_id)
    search = MentorSearch(request.GET)
    asked = search.cleaned_data["q"] if search.is_valid() else ""
    others = mentors.in_round(version.round).filter(user__name__icontains=asked).exclude(pk__in=best) if asked else []
    names = words.names_of(request.user, [found.why.get("first"), *found.why.get("full", ()), *decided])
    record_read(request, version, [found.wanted.clinician_id])
    context: dict[str, Any] = {
        "pair": found,
        "version": version,
        "round": version.round,
        "needs": [str(need) for need in found.wanted.needs.select_related("domain")],
        "reasons": words.reasons(found),
        "points": words.points,
        "first_choice": words.first_choice(found, names) if found.mentor_id else "",
        "why_nobody": words.why_nobody(found, names) if not found.mentor_id else None,
        "decided": [(key, names.get(key, words.GONE), what) for key, what in decided.items()],
        "may_decide": may_decide(version),
        "search": search,
        "asked": asked,
        "options": words.options(found, mentors.filter(pk__in=best)),
        "others": words.options(found, others[:MOST_FOUND]),
    }
    return render(request, "mentoring/rounds/pair.jinja", context)


@require_POST
def decide(request: SignedInRequest, pk: int, what: str) -> HttpResponse:
    """Pin a pair, rule it out, or lift either: matched anew, so that the cost is seen before it is kept."""
    found = pair_led(request, pk)
    if what not in DECISIONS:
        raise Http404
    form = DecisionForm(request.POST)

    def act(data: dict[str, Any]) -> RoundVersion:
        mentors = MentorProfile.visible_to(request.user, P.MENTORING_MANAGE)
        mentor = get_object_or_404(mentors, pk=data["mentor"]) if what != "lift" else None
        changes: Any = {what: (found.wanted_id, mentor.pk if mentor else data["mentor"])}
        # The page showed this version: where the round has another now, the lead is told.
        seen = str(found.version_id)
        return actions.ask_version(round=found.version.round, changes=Changes(**changes), seen=seen, by=request.user)

    version = accepted(form, act)
    if version is None:
        refused = [str(error) for errors in form.errors.values() for error in errors]
        messages.warning(request, refused[0])
        return redirect("mentoring:pair_in_round", pk)
    return redirect("mentoring:version", version.pk)
