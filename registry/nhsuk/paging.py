"""Pages of a long list by position in its order (keyset), so that page 1,000 costs what page 1 costs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.http import QueryDict


@dataclass(frozen=True, slots=True)
class Page:
    """One page of rows, and the query strings of its neighbours (None where there is no neighbour)."""

    rows: list[Any]
    previous: str | None
    next: str | None


def keyset_page(
    queryset: QuerySet,
    *,
    params: QueryDict,
    order: Sequence[str],
    descending: bool = False,
    size: int = 50,
    prefix: str = "",
) -> Page:
    """The page of `queryset` that `?after=<pk>` or `?before=<pk>` in `params` asks for.

    `order` names columns that are never null and together unique (end it with "pk"), all in one
    direction. The position is the key of a row of the same queryset: a key outside it, or no key at
    all, gives the first page, so that a stale or forged address neither fails nor tells anything.
    The other parameters are kept in the neighbours' query strings. Of two lists on one page, one has a `prefix` before
    its parameters.
    """
    after, before = f"{prefix}after", f"{prefix}before"
    names = [queryset.model._meta.pk.name if name == "pk" else name for name in order]
    back = before in params and after not in params
    start = _position(queryset, params.get(before if back else after, ""), names)
    back = back and start is not None
    rows = queryset.order_by(*(("-" if descending != back else "") + name for name in names))
    if start is not None:
        beyond = TupleLessThan if descending != back else TupleGreaterThan
        rows = rows.filter(beyond(Tuple(*(F(name) for name in names)), start))
    found = list(rows[: size + 1])
    more = len(found) > size
    found = found[:size]
    if back:
        found.reverse()
    if not found:
        return Page([], None, None)
    has_previous = more if back else start is not None
    return Page(
        rows=found,
        previous=_link(params, before, found[0].pk, instead_of=after) if has_previous else None,
        next=_link(params, after, found[-1].pk, instead_of=before) if back or more else None,
    )


def _position(queryset: QuerySet, key: str, names: list[str]) -> tuple | None:
    # Eighteen digits always fit the database's bigint.
    if not (key.isascii() and key.isdigit() and len(key) <= 18):
        return None
    return queryset.filter(pk=int(key)).values_list(*names).first()


def _link(params: QueryDict, name: str, key: int, *, instead_of: str) -> str:
    kept = params.copy()
    kept.pop(instead_of, None)
    kept[name] = str(key)
    return f"?{kept.urlencode()}"
