"""Every address that this dashboard answers to, with a value for each part that varies."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator

from django.urls import URLPattern, URLResolver, get_resolver

SAMPLES = {
    "uuid": str(uuid.UUID(int=7)),
    "int": "7",
    "str": "production",
    "slug": "vapi",
    "path": "a/b",
    "object_id": "7",
    "app_label": "calls",
}


def addresses() -> list[str]:
    return sorted(set(_walk(get_resolver().url_patterns, "/")))


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        address = before + _filled(str(pattern.pattern))
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, address)
        else:
            yield address


def _filled(route: str) -> str:
    route = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda found: SAMPLES.get(found[1], "calls"), route)
    route = re.sub(r"<(?:(\w+):)?(\w+)>", lambda found: SAMPLES[found[1] or "str"], route)
    return re.sub(r"[\^$]|\\Z", "", route).replace(".*", "nothing")
