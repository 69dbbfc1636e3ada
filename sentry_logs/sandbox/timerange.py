from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sentry_logs.sandbox.errors import bad_request
from sentry_logs.sandbox.http import Request

PERIOD = re.compile(r"(\d+)([hdmsw]?)\Z")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "": 1}
LONGEST = timedelta(days=90)
JITTER = 7


@dataclass(frozen=True, slots=True)
class Range:
    """start <= event < end, both in epoch seconds (fractions allowed)."""

    start: float
    end: float


def read_range(request: Request, now: datetime, retention: timedelta | None, old: bool) -> Range:
    """Read statsPeriod, start and end as Sentry does: errors, rounding, retention.

    Source: Sentry 23.7.1 source, api/utils.py `get_date_range_from_params` and utils/dates.py;
    rounding: api/bases/organization.py and `quantize_date_params` of newer versions.
    """
    start, end = _asked(request, now)
    if request.last("statsPeriod") or request.last("statsPeriodStart"):
        start, end = _quantised(start, end, old)
    if retention is not None:
        start = _clamped(start, end, now - retention)
    return Range(start.timestamp(), end.timestamp())


def _asked(request: Request, now: datetime) -> tuple[datetime, datetime]:
    period = request.last("statsPeriod")
    if period:
        return _ago(now, period), now
    first, last = request.last("statsPeriodStart"), request.last("statsPeriodEnd")
    if first or last:
        if not (first and last):
            raise _invalid("statsPeriodStart and statsPeriodEnd are both required")
        return _ordered(_ago(now, first), _ago(now, last))
    given = request.last("start"), request.last("end")
    if not any(given):
        return now - LONGEST, now
    if not all(given):
        raise _invalid("start and end are both required")
    return _ordered(_moment(given[0] or ""), _moment(given[1] or ""))


def _ordered(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    if start >= end:
        raise _invalid("start must be before end")
    return start, end


def _ago(now: datetime, period: str) -> datetime:
    match = PERIOD.match(period)
    if match is None:
        raise _invalid(f"Invalid statsPeriod: '{period}'")
    try:
        return now - timedelta(seconds=int(match[1]) * UNITS[match[2]])
    except OverflowError:
        raise _invalid(f"Invalid statsPeriod: '{period}'") from None


def _moment(text: str) -> datetime:
    """Read ISO 8601 or unix seconds; without a zone it is UTC."""
    try:
        if re.fullmatch(r"\d+(\.\d+)?", text):
            return datetime.fromtimestamp(float(text), UTC)
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except (ValueError, OverflowError, OSError):
        raise _invalid(f"{text} is not a valid ISO8601 date query") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment


def _quantised(start: datetime, end: datetime, old: bool) -> tuple[datetime, datetime]:
    """Round a long relative range, so that caches are hit; old servers round the end down."""
    span = end - start
    if span <= timedelta(hours=1):
        return start, end
    step = 900 if span >= timedelta(days=30) else 60
    return _rounded(start, step, math.floor), _rounded(end, step, math.floor if old else math.ceil)


def _rounded(moment: datetime, step: int, rounding: Callable[[float], int]) -> datetime:
    shifted = moment.timestamp() - JITTER
    return datetime.fromtimestamp(rounding(shifted / step) * step + JITTER, UTC)


def _clamped(start: datetime, end: datetime, oldest: datetime) -> datetime:
    if end < oldest:
        raise bad_request("Invalid date range. Please try a more recent date range.")
    return max(start, oldest)


def _invalid(reason: str) -> Exception:
    return bad_request(f"Invalid date range: {reason}")
