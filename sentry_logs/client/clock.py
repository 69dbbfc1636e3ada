from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

NOTEWORTHY = 3.0
"""Seconds; a Date header is cut to whole ones and travels a while."""


def clock_offset(headers: Mapping[str, str], now: float) -> float:
    """Seconds by which the server's clock is ahead of `now`; 0 for a few, or without a Date header."""
    try:
        offset = parsedate_to_datetime(headers.get("Date", "")).timestamp() - now
    except (ValueError, OverflowError):
        return 0.0
    return offset if abs(offset) > NOTEWORTHY else 0.0
