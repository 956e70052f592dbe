"""Choosing an appraiser for one person or many: the list, what would happen, and doing it."""

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest, scope_over
from registry.appraisals.actions.assigning import MOST_AT_ONCE, assign_appraiser
from registry.appraisals.models import Appraisal
from registry.appraisals.officers import filters
from registry.appraisals.officers.conflicts import Conflict, Load, loads, planned, summary
from registry.appraisals.officers.forms import AssignForm, ChooseForm, appraisers
from registry.appraisals.officers.lines import RELATED
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post

SEEN = re.compile(r"([0-9]{1,18}):([0-9]{1,18})?")


@require_safe
def choose(request: SignedInRequest) -> HttpResponse:
    """The people who need an appraiser or could change theirs, with a box beside each."""
    scope_over(request, P.APPRAISAL_MANAGE)
    return _list(request, ChooseForm(user=request.user), [])


@get_or_post
def check(request: SignedInRequest) -> HttpResponse:
    """What will happen and what speaks against it; then it happens, for all of them or for none."""
    scope_over(request, P.APPRAISAL_MANAGE)
    if request.method == "POST":
        return _assign(request)
    form = ChooseForm(request.GET, user=request.user)
    found = filters.to_assign(request.user, request.GET)
    picked = [key for key in request.GET.getlist("pick") if key.isascii() and key.isdigit() and len(key) <= 18]
    chosen = found.qs if "all" in request.GET else found.queryset.filter(pk__in=picked)
    rows = list(chosen.select_related(*RELATED).order_by(*found.ordering)[: MOST_AT_ONCE + 1])
    if not rows:
        form.add_error(None, "Choose at least one person.")
    if len(rows) > MOST_AT_ONCE:
        form.add_error(None, f"Choose at most {MOST_AT_ONCE} people at once: narrow the list, or choose from it.")
    if not form.is_valid():
        return _list(request, form, picked)
    return _confirm(request, AssignForm(), rows, form.cleaned_data["to"])


def _list(request: SignedInRequest, form: ChooseForm, picked: list[str]) -> HttpResponse:
    found = filters.to_assign(request.user, request.GET)
    page = keyset_page(found.qs.select_related(*RELATED), params=request.GET, order=found.ordering)
    kept = {name: request.GET[name] for name in found.filters if request.GET.get(name)}
    context = {
        "filter": found,
        "form": form,
        "page": page,
        "picked": set(picked),
        "count": found.qs.count(),
        "most": MOST_AT_ONCE,
        "kept": kept,
        "today": today(),
    }
    return render(request, "officers/assign.jinja", context)


def _assign(request: SignedInRequest) -> HttpResponse:
    appraiser = get_object_or_404(appraisers(request.user), pk=_key(request.POST.get("to", "")))
    seen = _seen(request.POST.get("seen", ""))
    form = AssignForm(request.POST)
    done = accepted(form, lambda data: assign_appraiser(seen=seen, appraiser=appraiser, by=request.user, **data))
    if done:
        messages.success(
            request, f"{appraiser} is now the appraiser in {done} {'appraisal' if done == 1 else 'appraisals'}."
        )
        return redirect("officers:assign")
    visible = Appraisal.visible_to(request.user, P.APPRAISAL_MANAGE).over_others(request.user, P.APPRAISAL_MANAGE)
    rows = list(visible.filter(pk__in=seen).select_related(*RELATED))
    return _confirm(request, form, rows, appraiser)


def _confirm(request: SignedInRequest, form: AssignForm, rows: list[Appraisal], appraiser: Any) -> HttpResponse:
    plans = planned(rows, appraiser)
    load = loads([appraiser.pk]).get(appraiser.pk, Load())
    new = sum(row.appraiser_id != appraiser.pk for row in rows)
    conflicts = summary(plans)
    context = {
        "form": form,
        "appraiser": appraiser,
        "plans": sorted(plans, key=lambda plan: not plan.conflicts),
        "conflicts": [(conflict, conflicts[conflict]) for conflict in Conflict if conflicts[conflict]],
        "needs_reason": Conflict.LINE in conflicts,
        "load": load,
        "load_after": load.open + new,
        "seen": ",".join(f"{row.pk}:{row.appraiser_id or ''}" for row in rows),
    }
    return render(request, "officers/check_assignment.jinja", context)


def _key(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Http404
    return int(text)


def _seen(text: str) -> dict[int, int | None]:
    """`12:5,13:` → {12: 5, 13: None}, as `_confirm` wrote it."""
    found = [SEEN.fullmatch(part) for part in text.split(",")]
    if not all(found):
        raise Http404
    return {int(pair[1]): int(pair[2]) if pair[2] else None for pair in found if pair}
