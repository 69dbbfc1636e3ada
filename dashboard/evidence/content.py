"""A snapshot as text: written one way only, so that the same content has the same hash for ever."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def write(snapshot: dict[str, Any]) -> str:
    return json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read(content: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(content)
    return found


def digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()
