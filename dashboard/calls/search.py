"""From what a person pasted to conditions on calls, each of which one index answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import F, Q, QuerySet

from dashboard.calls.lookups import ByCharacters
from dashboard.calls.pasted import LONGEST_ID, Pasted, read, starts

if TYPE_CHECKING:
    from dashboard.calls.models import Call, CallAlias

__all__ = ["LONGEST_ID", "MOST_STARTING", "begins_too_many", "conditions"]

MOST_STARTING = 200
"""Of so many ids with the same start, calls are found; who means one call types more of it."""
LAST = 4


def conditions(pasted: Pasted) -> list[Q]:
    """Return conditions of which a wanted call meets one: first by id, of few calls, then by number."""
    by_id = list(_by_id(pasted))
    first = [Q(pk__in=by_id[0].union(*by_id[1:], all=True))] if by_id else []
    return first + [
        Q(**{f"{side}_last4": digits[-LAST:], **_rest(f"{side}_number", digits)})
        for digits in pasted.numbers
        for side in ("from", "to")
    ]


def begins_too_many(text: str) -> bool:
    """Tell whether more ids begin with this text than calls are found for."""
    start = read(text).start
    if not start:
        return False
    calls, aliases = _tables()
    one = slice(MOST_STARTING, MOST_STARTING + 1)
    left_out = calls.filter(pk__in=_starting(calls, "platform_call_id", start)[one]).values("pk")
    unnamed = aliases.filter(pk__in=_starting(aliases, "value", start)[one]).values("call")
    return calls.filter(pk__in=left_out.union(unnamed, all=True)).exists()


def _starting(rows: QuerySet[Any], column: str, start: str) -> QuerySet[Any, Any]:
    """Return the keys of rows whose text begins so, in the order of an index, which a LIMIT can end."""
    return rows.filter(**{f"{column}__prefix": start}).order_by(ByCharacters(F(column))).values("pk")


def _rest(number: str, digits: str) -> dict[str, str]:
    return {f"{number}__endswith": digits} if len(digits) > LAST else {}


def _by_id(pasted: Pasted) -> Iterator[QuerySet[Any, Any]]:
    """Yield the keys of calls, as questions that stand beside each other in one UNION ALL.

    An OR over both tables would make a database read one of them whole.
    """
    calls, aliases = _tables()
    if pasted.keys:
        yield calls.filter(pk__in=pasted.keys).values("pk")
    ids = [name for name in pasted.ids if name != pasted.start]
    if ids:
        yield calls.filter(platform_call_id__in=ids).values("pk")
        yield aliases.filter(value__in=ids).values("call")
    for start in starts(pasted.start) if pasted.start else ():
        # An id itself is the first of those that begin with it.
        beginning = _starting(calls, "platform_call_id", start)[:MOST_STARTING]
        yield calls.filter(pk__in=beginning).values("pk")
        names = _starting(aliases, "value", start)[:MOST_STARTING]
        yield aliases.filter(pk__in=names).values("call")


def _tables() -> tuple[QuerySet[Call], QuerySet[CallAlias]]:
    # The models themselves use this module.
    return apps.get_model("calls", "Call").objects.all(), apps.get_model("calls", "CallAlias").objects.all()
