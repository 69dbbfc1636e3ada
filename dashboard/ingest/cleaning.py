"""Values from outside made fit for both databases: no NUL, no half characters, nothing endless or absurd."""

from __future__ import annotations

import json
import math
import re
from datetime import datetime
from typing import Any

DEEPEST = 64
FIRST_YEAR, LAST_YEAR = 2000, 2100
"""The first year that a time may lie in, and the first that it may not."""
LONGEST_CALL_MS = 366 * 24 * 3600 * 1000
LARGEST_INTEGER = 2**63

_UNFIT = re.compile("[\x00\ud800-\udfff]")
_UNFIT_IN_JSON = re.compile(r"\\u(?:0000|d[89ab])")


def clean_text(text: str, longest: int | None = None) -> str:
    """Put U+FFFD for what a database cannot hold, and cut the text to `longest` characters."""
    text = text[:longest]
    if text.isascii() and "\x00" not in text:
        return text
    return _UNFIT.sub("\ufffd", text)


def clean_time(time: datetime) -> datetime | None:
    """Drop a time that no call of ours can have, such as one of the year 1."""
    return time if FIRST_YEAR <= time.year < LAST_YEAR else None


def clean_duration(duration_ms: int) -> int | None:
    return duration_ms if 0 <= duration_ms <= LONGEST_CALL_MS else None


def clean_json(value: Any) -> Any:
    """Return what both databases store and read again: finite numbers, at most 64 levels, fit text."""
    try:
        text = json.dumps(value, allow_nan=False)
    except (ValueError, TypeError, RecursionError):
        return _rebuilt(value, DEEPEST)
    if _UNFIT_IN_JSON.search(text) or _has_large_number(text) or _is_deep(value, DEEPEST):
        return _rebuilt(value, DEEPEST)
    return value


_LARGE_NUMBER = re.compile(r"\d{19}")


def _has_large_number(text: str) -> bool:
    return _LARGE_NUMBER.search(text) is not None


def _is_deep(value: Any, levels: int) -> bool:
    if levels == 0:
        return True
    inner = value.values() if isinstance(value, dict) else value
    return any(isinstance(item, dict | list) and _is_deep(item, levels - 1) for item in inner)


def _rebuilt(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return _UNFIT.sub("\ufffd", value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < LARGEST_INTEGER else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict | list | tuple) and levels == 0:
        return None
    if isinstance(value, dict):
        return {_UNFIT.sub("\ufffd", str(key)): _rebuilt(item, levels - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_rebuilt(item, levels - 1) for item in value]
    return str(value)
