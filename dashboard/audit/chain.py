"""The hash of an entry: keyed, and over the entry before it, so that none can be changed, moved, left out."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC
from ipaddress import ip_address

from django.conf import settings

from dashboard.audit.models import Entry

SEALED = (
    *("day", "number", "event", "result", "person_id", "who", "role", "session"),
    *("door", "call_id", "fields", "reason", "detail", "request_id"),
)


def seal(entry: Entry, before: str, key: bytes | None = None) -> str:
    """Return the hash of an entry that follows the one with the hash `before`."""
    values = {name: _plain(getattr(entry, name)) for name in SEALED}
    values["at"] = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    # Each database writes some addresses in a way of its own.
    values["address"] = ip_address(entry.address).exploded if entry.address else None
    text = json.dumps([before, values], sort_keys=True, separators=(",", ":"))
    return hmac.new(key or next(known_keys()), text.encode(), hashlib.sha256).hexdigest()


def known_keys() -> Iterator[bytes]:
    """Yield the key of today, then those before it. Who has only the database cannot forge a chain."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield hashlib.sha256(b"dashboard.audit" + str(secret).encode()).digest()


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, int | list) else str(value)
