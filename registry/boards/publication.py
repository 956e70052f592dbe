"""What a published shortlist says, as it is frozen and as it may be served today.

Frozen: a header and, for each included candidate in the order of the list, an entry; their hashes are made
as `boards.freezing` says. Served: the header, the list's SHA-256 and each entry as
`{"withdrawn": false, "sha256": …, "candidate": {…}}`; or, when the person has withdrawn or narrowed their
consent or was erased, as `{"withdrawn": true, "sha256": …}`. The list's SHA-256 verifies either way.
Nothing of equality monitoring, fit-and-proper-person checks or feedback is in reach of this module.
"""

import datetime
from typing import Any

import orjson
from django.db.models import Count, Exists, OuterRef, Q

from registry.boards.fields import Outcome
from registry.boards.freezing import FORMAT, sha256
from registry.boards.models import PublishedEntry, Shortlist, ShortlistEntry
from registry.boards.scoring import TIE_RULE
from registry.clinicians.fields import Profession
from registry.kernel.clock import today


def header(
    shortlist: Shortlist,
    *,
    included: int,
    excluded: int,
    not_eligible: list[dict[str, Any]],
    at: datetime.datetime,
    by: str,
) -> dict[str, Any]:
    """The frozen header: which vacancy, how the list was made, how many, and who published it."""
    vacancy = shortlist.vacancy
    return {
        "format": FORMAT,
        "reference": str(shortlist.reference),
        "vacancy": {
            "reference": vacancy.reference,
            "title": vacancy.title,
            "post": vacancy.get_post_display(),
            "organisation": _organisation(vacancy.organisation),
            "closes_on": vacancy.closes_on.isoformat(),
        },
        "number": shortlist.number,
        "as_of": shortlist.as_of.isoformat() if shortlist.as_of else None,
        "scorer_version": shortlist.scorer_version,
        "specification": shortlist.inputs,
        "tie_rule": TIE_RULE,
        "counts": {
            "considered": shortlist.considered,
            "eligible": shortlist.eligible,
            "included": included,
            "excluded": excluded,
            "not_eligible": not_eligible,
        },
        "built_sha256": shortlist.built_sha256,
        "published_at": moment(at),
        "published_by": by,
    }


def candidate(entry: ShortlistEntry, *, post_title: str) -> dict[str, Any]:
    """The frozen content of an included candidate; `entry` comes `with_decision()`, its clinician with it."""
    clinician: Any = entry.clinician
    decided: Any = entry
    return {
        "reference": str(entry.reference),
        "name": clinician.name,
        "profession": Profession(clinician.profession).label,
        "organisation": _organisation(clinician.organisation),
        "post_title": post_title,
        "rank": entry.rank,
        "total": entry.total,
        "contributions": entry.contributions,
        "decision": {
            "outcome": Outcome.INCLUDE.value,
            "reason": decided.reason,
            "by": decided.decided_by_name,
            "at": moment(decided.decided_at),
        },
    }


def published_content(shortlist: Shortlist) -> dict[str, Any]:
    """What may be served today of a published list (shape in this module's docstring); two queries.

    `shortlist` must be published; its vacancy should come with it (`select_related("vacancy")`).
    """
    return orjson.loads(published_bytes(shortlist))


def published_bytes(shortlist: Shortlist) -> bytes:
    """The same as JSON, made of the frozen bytes themselves without reading them again."""
    return orjson.dumps(
        {
            "header": orjson.Fragment(shortlist.header or "null"),
            "entries": [
                {"withdrawn": False, "sha256": row.sha256, "candidate": orjson.Fragment(row.content)}
                if row.served
                else {"withdrawn": True, "sha256": row.sha256}
                for row in served_entries(shortlist)
            ],
            "sha256": shortlist.sha256,
        }
    )


def etag(shortlist: Shortlist) -> str:
    """Changes exactly when what may be served changes; without the quotation marks of HTTP. One query."""
    withheld = [str(row.position) for row in served_entries(shortlist).defer("content") if not row.served]
    return sha256(f"{shortlist.sha256} {' '.join(withheld)}".encode())


def served_entries(shortlist: Shortlist) -> Any:
    """The frozen entries in order, each with `served`: whether the person's consent covers it now."""
    consenting = ShortlistEntry.objects.consenting(shortlist.vacancy.organisation_id, today())
    return PublishedEntry.objects.filter(shortlist=shortlist).annotate(
        served=Exists(consenting.filter(pk=OuterRef("entry_id")))
    )


def not_eligible_by_criterion(shortlist: Shortlist) -> list[dict[str, Any]]:
    """How many people each criterion ruled out first, in the order of the specification."""
    titles = criterion_titles(shortlist.inputs)
    found = dict(
        ShortlistEntry.objects.filter(shortlist=shortlist)
        .consenting(shortlist.vacancy.organisation_id, today())
        .filter(~Q(first_failed=""))
        .order_by()
        .values_list("first_failed")
        .annotate(people=Count("pk"))
    )
    return [
        {"criterion": code, "title": title, "people": found[code]} for code, title in titles.items() if code in found
    ]


def criterion_titles(inputs: dict[str, Any]) -> dict[str, str]:
    """Code → name of every essential criterion, in the order in which they are checked."""
    experience = {
        "registration": "Registration",
        "profession": "Profession",
        "band": "Band or grade",
        "years": "Years in leadership",
        "sector": "Sector",
        "region": "Region",
    }
    return experience | {f"domain-{domain['position']}": domain["name"] for domain in inputs["domains"]}


def moment(at: datetime.datetime) -> str:
    """ISO 8601 in UTC, to the second."""
    return at.astimezone(datetime.UTC).isoformat(timespec="seconds")


def _organisation(organisation: Any) -> dict[str, str]:
    return {"ods_code": organisation.ods_code, "name": organisation.name}
