"""What a person types into the search box, turned into conditions on calls."""

from __future__ import annotations

import re
from uuid import UUID

from django.db.models import Q

from dashboard.calls.number_search import endings

LONGEST_ID = 200
SHORTEST_PREFIX = 4
QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "`": "`"}
LONGEST_SEARCH = LONGEST_ID + 2

_UUID = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def matching(text: str) -> Q | None:
    """Return the condition that a call has this id or number, or None when no call can have it."""
    typed = text.strip()
    if not typed or "\x00" in typed or len(typed) > LONGEST_SEARCH:
        return None
    bare = _unquoted(typed)
    return _has_id({text, typed, bare}, bare) | _has_number(bare)


def _unquoted(text: str) -> str:
    """Drop one pair of quotes around a pasted text."""
    if len(text) > 2 and QUOTES.get(text[0]) == text[-1]:
        return text[1:-1].strip()
    return text


def _has_id(spellings: set[str], bare: str) -> Q:
    found = Q(platform_call_id__in=spellings)
    if len(bare) >= SHORTEST_PREFIX:
        found |= Q(platform_call_id__prefix=bare)
    if _UUID.fullmatch(bare):
        found |= Q(pk=UUID(bare))
    return found


def _has_number(text: str) -> Q:
    found = Q()
    for digits in endings(text):
        found |= Q(from_last4=digits[-4:], from_number__endswith=digits)
        found |= Q(to_last4=digits[-4:], to_number__endswith=digits)
    return found
