"""The cycles, how many people are under each, and putting many under one at once."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from registry.accounts.http import SignedInRequest, scope_over
from registry.appraisals.actions.placing import MOST_AT_ONCE, place_many
from registry.appraisals.cycle_dates import Shape, in_words
from registry.appraisals.models import Cycle, CycleRule, Obligation
from registry.appraisals.officers.forms import PeopleChoice, PlaceForm
from registry.appraisals.officers.shown import check_shown, mark_of
from registry.kernel.clock import today
from registry.kernel.permissions import Permission as P
from registry.nhsuk.paging import keyset_page
from registry.nhsuk.submitting import accepted, get_or_post


@require_safe
def cycles(request: SignedInRequest) -> HttpResponse:
    """What comes round, by which rule, and how many of one's people are under it."""
    scope_over(request, P.APPRAISAL_MANAGE)
    held = Obligation.visible_to(request.user, P.APPRAISAL_MANAGE).over_others(request.user, P.APPRAISAL_MANAGE)
    counts = held.holding_on(today()).order_by().values_list("cycle").annotate(number=Count("pk"))
    numbers = dict(counts)
    rules = CycleRule.rows().filter(effective_from__lte=today()).order_by("cycle", "effective_from")
    rule_of = {rule.cycle_id: (rule, in_words(Shape.from_plain(rule.shape))) for rule in rules}
    rows = [(cycle, *rule_of.get(cycle.pk, (None, "")), numbers.get(cycle.pk, 0)) for cycle in Cycle.rows()]
    return render(request, "officers/cycles.jinja", {"rows": rows})


@get_or_post
def place(request: SignedInRequest, pk: int) -> HttpResponse:
    """The people who match and are not under the cycle, and since when to put all of them under it."""
    scope_over(request, P.APPRAISAL_MANAGE)
    cycle = get_object_or_404(Cycle.rows(), pk=pk)
    asked = PeopleChoice(request.GET, user=request.user)
    under = Obligation.visible_to(request.user, P.APPRAISAL_MANAGE).filter(cycle=cycle, ended_on__isnull=True)
    people = asked.people().exclude(pk__in=under.values("clinician"))
    form = PlaceForm(request.POST if request.method == "POST" else None, initial={"started_on": today()})
    keys = list(people.order_by("family_name", "given_name", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE])

    def act(data: dict[str, Any]) -> int:
        check_shown(request.POST, keys)
        return place_many(clinicians=people.filter(pk__in=keys), cycle=cycle, by=request.user, **data)

    if done := accepted(form, act):
        messages.success(request, f"{done} {'person is' if done == 1 else 'people are'} now under {cycle}.")
        return redirect("officers:cycles")
    page = keyset_page(people, params=request.GET, order=["family_name", "given_name", "pk"])
    count = people.count()
    context = {
        "cycle": cycle,
        "filter": asked,
        "form": form,
        "page": page,
        "count": count,
        "placing": len(keys),
        "shown": mark_of(keys),
    }
    return render(request, "officers/place.jinja", context)
