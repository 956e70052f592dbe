"""A named person decides about each candidate, and publishes the list."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from registry.accounts.models import User
from registry.audit.record import record
from registry.boards import freezing, publication
from registry.boards.fields import Outcome
from registry.boards.models import EntryDecision, PublishedEntry, Shortlist, ShortlistEntry
from registry.boards.states import UNFINISHED, ShortlistStatus, VacancyStatus
from registry.boards.steps import locked, move, move_shortlist, require, worded
from registry.clinicians.models import Post
from registry.kernel.clock import today
from registry.kernel.errors import Invalid, WrongState
from registry.kernel.permissions import Permission


@transaction.atomic
def decide(*, entry: ShortlistEntry, outcome: Outcome, reason: str, seen: int | None, by: User) -> EntryDecision:
    """Include a candidate in what will be published, or not, and say why; the last decision counts.

    `seen` is the key of the decision `by` was looking at (None: nobody had decided); if somebody has decided
    since, Invalid says so and nothing is written. Raises WrongState where the list is not open to decisions
    or the person has withdrawn, Invalid (field `reason`) without a reason.
    """
    vacancy = locked(entry.shortlist.vacancy_id)
    shortlist = _locked_shortlist(entry.shortlist_id)
    organisation_id = vacancy.organisation_id
    require(by, Permission.SHORTLIST_DECIDE, organisation_id)
    _require_built(shortlist)
    if not ShortlistEntry.objects.consenting(organisation_id, today()).eligible().filter(pk=entry.pk).exists():
        raise WrongState("This candidate has withdrawn, so there is nothing to decide.")
    reason = worded(reason, field="reason")
    last = EntryDecision.objects.filter(entry=entry).select_related("by").first()
    if (last.pk if last else None) != seen:
        raise Invalid(f"{last.by if last else 'Somebody'} has decided about this candidate since you opened the page.")
    decision = EntryDecision.objects.create(entry=entry, outcome=outcome, reason=reason, by=by)
    record(
        "candidate.decided",
        shortlist,
        by=by,
        organisation_id=organisation_id,
        detail={"candidate": str(entry.reference), "outcome": outcome, "changed": last is not None},
    )
    return decision


@transaction.atomic
def publish(*, shortlist: Shortlist, by: User) -> Shortlist:
    """Freeze the included candidates of a list that is decided throughout, and let clients of the API pull it.

    Raises WrongState while a candidate is undecided, where nobody is included, and where a newer list is
    being built. People who have withdrawn are neither published nor waited for.
    """
    vacancy = locked(shortlist.vacancy_id)
    shortlist = _locked_shortlist(shortlist.pk)
    require(by, Permission.SHORTLIST_DECIDE, vacancy.organisation_id)
    _require_built(shortlist)
    if Shortlist.objects.filter(vacancy=vacancy, status__in=UNFINISHED).exists():
        raise WrongState("A newer list is being built. Wait for it, then decide and publish.")
    candidates: list[Any] = list(
        ShortlistEntry.objects.filter(shortlist=shortlist)
        .consenting(vacancy.organisation_id, today())
        .eligible()
        .with_decision()
        .select_related("clinician__organisation")
    )
    undecided = sum(entry.outcome is None for entry in candidates)
    if undecided:
        raise WrongState(f"{undecided} of {len(candidates)} candidates are still to be decided.")
    included = [entry for entry in candidates if entry.outcome == Outcome.INCLUDE]
    if not included:
        raise WrongState("Nobody is included, so there is no list to publish. You can close the vacancy instead.")
    _freeze(shortlist, included, excluded=len(candidates) - len(included), by=by)
    move(vacancy, VacancyStatus.DECIDED, by=by)
    record(
        "shortlist.published",
        shortlist,
        by=by,
        organisation_id=vacancy.organisation_id,
        detail={"included": len(included), "sha256": shortlist.sha256},
    )
    return shortlist


def _freeze(shortlist: Shortlist, included: list[Any], *, excluded: int, by: User) -> None:
    titles = _post_titles([entry.clinician_id for entry in included if entry.clinician_id])
    now = timezone.now()
    frozen = []
    for position, entry in enumerate(included, start=1):
        content = freezing.canonical(publication.candidate(entry, post_title=titles.get(entry.clinician_id, "")))
        frozen.append(
            PublishedEntry(
                shortlist=shortlist,
                entry=entry,
                position=position,
                content=content.decode(),
                sha256=freezing.sha256(content),
            )
        )
    header = freezing.canonical(
        publication.header(
            shortlist,
            included=len(included),
            excluded=excluded,
            not_eligible=publication.not_eligible_by_criterion(shortlist),
            at=now,
            by=by.name,
        )
    )
    PublishedEntry.objects.bulk_create(frozen)
    shortlist.published_at, shortlist.published_by = now, by
    shortlist.header = header.decode()
    shortlist.sha256 = freezing.list_sha256(header, (row.sha256 for row in frozen))
    fields = ["published_at", "published_by", "header", "sha256"]
    move_shortlist(shortlist, ShortlistStatus.PUBLISHED, by=by, also=fields)


def _post_titles(clinician_ids: list[int]) -> dict[int | None, str]:
    """Each person's current post, the one begun last where there are several."""
    current = Post.objects.filter(clinician__in=clinician_ids, started_on__lte=today()).filter(
        Q(ended_on__isnull=True) | Q(ended_on__gte=today())
    )
    return dict(current.order_by("started_on", "pk").values_list("clinician_id", "title"))


def _locked_shortlist(shortlist_id: int) -> Shortlist:
    return (
        Shortlist.objects.select_for_update(of=("self",)).select_related("vacancy__organisation").get(pk=shortlist_id)
    )


def _require_built(shortlist: Shortlist) -> None:
    if shortlist.vacancy.status == VacancyStatus.CLOSED:
        raise WrongState("This vacancy is closed, so nothing can be decided about its list.")
    if shortlist.status != ShortlistStatus.BUILT:
        status = ShortlistStatus(shortlist.status).label.lower()
        raise WrongState(f"This list is {status}, so nothing can be decided about it now.")
