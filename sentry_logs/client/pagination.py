from __future__ import annotations

import re
from dataclasses import dataclass

_ENTRY = re.compile(r"<[^<>]*>([^<]*)")
_PARAMETER = re.compile(r'\b([A-Za-z]+)="([^"]*)"')
_CURSOR = re.compile(r"[!-~]{1,1000}")
_NEGATIVE = re.compile(r"-?[0-9]+:-[0-9]+:.*")


@dataclass(frozen=True, slots=True)
class Links:
    """The cursors of a Link header; None where there is no such page."""

    next: str | None = None
    previous: str | None = None


def parse_link(header: str | None) -> Links:
    """Read the cursors of Sentry's Link header. Its URLs are never looked at: they come from outside.

    A missing or broken header means that there is no other page.
    Source: https://docs.sentry.io/api/pagination/
    """
    cursors: dict[str, str] = {}
    for entry in _ENTRY.finditer(header or ""):
        found = dict(_PARAMETER.findall(entry[1]))
        cursor = found.get("cursor", "")
        if found.get("results") == "true" and usable_cursor(cursor):
            cursors[found.get("rel", "")] = cursor
    return Links(cursors.get("next"), cursors.get("previous"))


def usable_cursor(cursor: str) -> bool:
    """Whether a cursor may be sent: printable, at most 1,000 characters, no negative offset (a 500)."""
    return bool(_CURSOR.fullmatch(cursor)) and not _NEGATIVE.fullmatch(cursor)
