"""Loading what ODS publishes: organisations, and where they lie from when to when."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pghistory
from django.db import transaction

from registry.kernel.errors import Invalid
from registry.kernel.locks import advisory_lock
from registry.organisations.models import BoardLink, Kind, Organisation, Region, RegionLink, RegionScheme
from registry.organisations.ods import Problem, TrustRow
from registry.organisations.regions import COMMISSIONING_2013, NHS_ENGLAND, board_name

DESCRIBED = ("name", "kind", "foundation_trust", "address", "postcode", "phone", "opened_on", "closed_on")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many trusts an import added, changed and found as they were; boards added; rows refused."""

    added: int
    changed: int
    unchanged: int
    boards_added: int
    problems: tuple[Problem, ...]


@transaction.atomic
def import_organisations(*, rows: Iterable[TrustRow], as_of: datetime.date) -> Outcome:
    """Take the trusts of an ODS file that describes the day `as_of`.

    A trust's first link to its region and board runs from its opening. Where a later file names another,
    the old link ends the day before `as_of` and a new one begins; no past day is rewritten, so the links
    of a closed trust stay. Trusts that the file leaves out stay too. A row that would overrule a newer file
    is refused, the others are taken. Run again with the same file it writes nothing. Called by a command,
    so there is no `by`; the history rows carry the file's day.
    """
    advisory_lock("import_organisations")
    added = changed = unchanged = 0
    problems: list[Problem] = []
    with pghistory.context(source="ODS trust file", as_of=str(as_of)):
        regions = load_regions()
        boards_before = Organisation.objects.filter(kind=Kind.ICB).count()
        known = {organisation.ods_code: organisation for organisation in Organisation.objects.all()}
        links: dict[type, dict[int, Any]] = {RegionLink: {}, BoardLink: {}}
        for model, latest in links.items():
            for link in model.objects.order_by("period"):  # type: ignore[attr-defined]
                latest[link.organisation_id] = link
        for row in rows:
            try:
                with transaction.atomic():
                    verdict = _take(row, known, regions, links, as_of)
            except Invalid as error:
                problems.append(Problem(row.line, error.message))
                continue
            added += verdict == "added"
            changed += verdict == "changed"
            unchanged += verdict == "unchanged"
        boards_added = Organisation.objects.filter(kind=Kind.ICB).count() - boards_before
    return Outcome(added, changed, unchanged, boards_added, tuple(problems))


def load_regions() -> dict[str, Region]:
    """The seven regions and the four of 2013, created where missing; ODS code → region of today, else of 2013."""
    old = {
        code: Region.objects.get_or_create(scheme=RegionScheme.COMMISSIONING_2013, code=code, defaults={"name": name})[
            0
        ]
        for code, name in COMMISSIONING_2013.items()
    }
    new = {
        code: Region.objects.get_or_create(
            scheme=RegionScheme.NHS_ENGLAND,
            code=code,
            defaults={"name": region.name, "part_of": old[region.part_of]},
        )[0]
        for code, region in NHS_ENGLAND.items()
    }
    return old | new


def _take(
    row: TrustRow,
    known: dict[str, Organisation],
    regions: dict[str, Region],
    links: dict[type, dict[int, Any]],
    as_of: datetime.date,
) -> str:
    trust = known.get(row.code)
    verdict = "unchanged" if trust else "added"
    trust = trust or Organisation(ods_code=row.code, kind=Kind.TRUST)
    if trust.kind == Kind.ICB:
        raise Invalid(f"{row.code} is an integrated care board, not a trust.")
    board = _board(row.board, known)
    ended_before = _day_after(trust.closed_on)
    if _describe(trust, row) and trust.pk:
        verdict = "changed"
    plans: list[tuple[type[Any], str, int | None]] = [
        (RegionLink, "region_id", regions[row.region].pk if row.region else None),
        (BoardLink, "board_id", board.pk if board else None),
    ]
    writes = [
        link
        for model, field, target in plans
        for link in _follow(
            model,
            field,
            target,
            latest=links[model].get(trust.pk),
            opens=trust.opened_on,
            end=_day_after(trust.closed_on),
            ended_before=ended_before,
            as_of=as_of,
        )
    ]
    if writes and verdict == "unchanged":
        verdict = "changed"
    if verdict == "unchanged":
        return verdict
    if trust.as_of and as_of < trust.as_of:
        # What was read above is thrown away with the row.
        known[row.code] = Organisation.objects.get(pk=trust.pk)
        raise Invalid(f"{row.code} is already known from a newer file, of {trust.as_of:%Y-%m-%d}.")
    trust.as_of = as_of
    trust.save()
    known[row.code] = trust
    for link in writes:
        link.organisation = trust
        link.save()
        links[type(link)][trust.pk] = link
    return verdict


def _describe(trust: Organisation, row: TrustRow) -> bool:
    """Set the fields the row describes; whether one of them changed."""
    kind = Kind.WELSH_BOARD if row.welsh else Kind.TRUST
    wanted = {name: kind if name == "kind" else getattr(row, name) for name in DESCRIBED}
    changed = any(getattr(trust, name) != value for name, value in wanted.items())
    for name, value in wanted.items():
        setattr(trust, name, value)
    return changed


def _board(code: str | None, known: dict[str, Organisation]) -> Organisation | None:
    if code is None:
        return None
    if code not in known:
        known[code] = Organisation.objects.create(ods_code=code, name=board_name(code), kind=Kind.ICB)
    if known[code].kind != Kind.ICB:
        raise Invalid(f"{code} (column 4) is a trust, not an integrated care board.")
    return known[code]


def _follow(
    model: type[Any],
    field: str,
    target: int | None,
    *,
    latest: Any,
    opens: datetime.date | None,
    end: datetime.date | None,
    ended_before: datetime.date | None,
    as_of: datetime.date,
) -> list[Any]:
    """The link rows to write, in order, so that the trust is linked to `target` from `as_of` on.

    `latest` is its last link so far; `opens` and `end` bound the trust (`end` is the first day it is closed,
    `ended_before` the same as it was known until now).
    """
    if latest is None:
        return [model(period=(opens, end), **{field: target})] if target else []
    begins, ends = latest.period.lower, latest.period.upper
    if getattr(latest, field) == target and ends in {None, end, ended_before}:
        return [] if ends == end else [_reach(latest, begins, end)]
    over = ends is not None and ends <= as_of
    if (end is not None and end <= as_of) or (over and target is None):
        return []
    if begins >= as_of and target is not None:
        # It has no past day yet, so there is nothing to keep.
        setattr(latest, field, target)
        return [_reach(latest, begins, end)]
    closing = [] if over else [_reach(latest, begins, as_of)]
    return closing + ([model(period=(as_of, end), **{field: target})] if target else [])


def _reach(link: Any, begins: datetime.date, ends: datetime.date | None) -> Any:
    link.period = (begins, ends)
    return link


def _day_after(day: datetime.date | None) -> datetime.date | None:
    """Closing dates are last days; a period's upper bound is the first day that is out."""
    return day + datetime.timedelta(days=1) if day else None
