"""Facts read out of what anybody may have sent. A field that is nonsense is None, never an error."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any

from dashboard.calls.models import Call, CallDetail
from dashboard.calls.phone import ADDRESS, HIDDEN_CALLERS, WRITTEN
from dashboard.ingest.cleaning import DEEPEST, FIRST_YEAR, LAST_YEAR, LONGEST_CALL_MS, clean_text
from dashboard.ingest.platforms.base import Unreadable

LONGEST_NUMBER = 40  # Digits; no field that is read needs more, and parsing longer ones takes long.
LONGEST_TIME = 64
LONGEST: Mapping[str, int | None] = {
    field.name: field.max_length for model in (CallDetail, Call) for field in model._meta.concrete_fields
}
"""How much of each fact its column holds."""
LONGEST_ID = LONGEST["platform_call_id"] or 0
LONGEST_PHONE = LONGEST["from_number"] or 0
LONGEST_URL = LONGEST["recording_url"] or 0
LARGEST_COST = 10**8  # Dollars or credits; the column holds 8 digits before the point.

Json = dict[str, Any]

_INTEGER = re.compile(r"-?[0-9]{1,19}")
_HIDDEN_WORDS = frozenset(
    ["anonymous", "blocked", "hidden", "null", "private", "restricted", "unavailable", "unknown", "withheld"]
)
_WORDS_FOR_YES = frozenset(["true", "yes", "pass", "passed", "success", "successful"])
_WORDS_FOR_NO = frozenset(["false", "no", "fail", "failed", "failure", "unsuccessful"])


def parse(body: bytes) -> Json:
    """Return the JSON object in `body`, fit to be stored; raise Unreadable when there is none.

    NaN, Infinity and numbers of absurd length become None; of equal keys the last one wins.
    """
    try:
        found = loads(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable("The body is not UTF-8 text.") from None
    if not isinstance(found, dict):
        raise Unreadable("The body is not a JSON object.")
    return found


def loads(written: str) -> Any:
    """Return any JSON value, cleaned; raise Unreadable for what is none."""
    try:
        return clean_json(
            json.loads(written, parse_int=_int, parse_float=_float, parse_constant=lambda _: None)
        )
    except RecursionError:
        raise Unreadable("The body is nested too deeply.") from None
    except ValueError:
        raise Unreadable("The body is not JSON.") from None


def clean_json(value: Any, depth: int = 1) -> Any:
    """Clean every text in a JSON value; raise Unreadable when it is nested too deeply."""
    if isinstance(value, str):
        return clean_text(value)
    if not isinstance(value, (dict, list)):
        return value
    if depth > DEEPEST:
        raise Unreadable("The body is nested too deeply.")
    if isinstance(value, list):
        return [clean_json(item, depth + 1) for item in value]
    return {clean_text(key): clean_json(item, depth + 1) for key, item in value.items()}


def body_key(event: str, call_id: str | None, body: bytes) -> str:
    """Return what names an event that has no id of its own.

    The body is part of it: an event told again with other facts is another event, and must not be lost.
    """
    return f"{event}:{call_id or ''}:{hashlib.sha256(body).hexdigest()}"


def at(value: Any, *path: str) -> Any:
    """Return what is at a path of keys, or None where there is no such place."""
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def mapping(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def objects(value: Any) -> list[Json]:
    """Return the objects in a list, or none."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: Any, longest: int | None = None) -> str | None:
    """Return a text without spaces around it, cut to the length of its column; None when it is empty."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    return clean_text(value.strip()[:longest].rstrip()) or None


def identifier(value: Any) -> str | None:
    """Return an id as it came. One that is too long is none at all: cut, it could be another's."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_ID:
        return None
    return clean_text(value)


def address(value: Any) -> str | None:
    """Return a web address; a cut one would lead nowhere, another scheme could run a script."""
    if not isinstance(value, str) or len(value) > LONGEST_URL:
        return None
    found = clean_text(value.strip())
    return found if found.lower().startswith(("https://", "http://")) else None


def phone(value: Any) -> str | None:
    """Return a phone number without its punctuation, or a SIP address; None for a caller who hides it."""
    found = text(value)
    if not found or len(found) > LONGEST_PHONE or found.lower() in _HIDDEN_WORDS:
        return None
    in_address = ADDRESS.fullmatch(found)
    user = in_address[1] if in_address else found
    if user.lower() in _HIDDEN_WORDS:
        return None
    written = WRITTEN.fullmatch(user)
    if not written:
        return found
    digits = re.sub(r"[^0-9]", "", written[2])
    if digits in HIDDEN_CALLERS:
        return None
    return ("+" if written[1] else "") + digits


def integer(value: Any) -> int | None:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def decimal(value: Any) -> Decimal | None:
    """Return a finite number, exactly as it was written."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str) and not (len(value) <= LONGEST_NUMBER and value.isascii() and "_" not in value):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def amount(value: Any, unit: Decimal = Decimal(1)) -> Decimal | None:
    """Return a cost that fits its column; `unit` is what one of it is worth, 0.01 for cents."""
    found = decimal(value)
    if found is None or not 0 <= found < LARGEST_COST:
        return None
    return (found * unit).quantize(Decimal("0.000001"))


def milliseconds(value: Any, unit_ms: int = 1) -> int | None:
    """Return a length, such as that of a call or since its start; `unit_ms` is 1000 for seconds."""
    found = decimal(value)
    if found is None or not 0 <= found <= LONGEST_CALL_MS:
        return None
    length = round(found * unit_ms)
    return length if length <= LONGEST_CALL_MS else None


def latency(value: Any, unit_ms: int = 1) -> float | None:
    """Return a delay in milliseconds, to a hundredth."""
    found = decimal(value)
    if found is None or not 0 <= found <= LONGEST_CALL_MS:
        return None
    return round(float(found * unit_ms), 2)


def flag(value: Any) -> bool | None:
    if isinstance(value, str):
        word = value.strip().lower()
        return True if word in _WORDS_FOR_YES else False if word in _WORDS_FOR_NO else None
    return value if isinstance(value, bool) else None


def instant(value: Any) -> datetime | None:
    """Return a time between the years 2000 and 2100, in UTC.

    Read are Unix times in seconds, milli-, micro- or nanoseconds (within these years the size tells which),
    also as text; ISO 8601, in UTC where it names no zone; and RFC 2822.
    """
    if isinstance(value, str):
        if len(value) > LONGEST_TIME:
            return None
        number = decimal(value.strip())
        return _written_time(value.strip()) if number is None else _unix_time(number)
    number = decimal(value)
    return None if number is None else _unix_time(number)


def _unix_time(number: Decimal) -> datetime | None:
    for unit in (1, 10**3, 10**6, 10**9):
        seconds = number / unit
        if _FIRST_SECOND <= seconds < _LAST_SECOND:
            whole = int(seconds)
            return datetime.fromtimestamp(whole, UTC).replace(microsecond=int((seconds - whole) * 10**6))
    return None


def _written_time(written: str) -> datetime | None:
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(written)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if not FIRST_YEAR <= found.year < LAST_YEAR:
            return None
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return None


_FIRST_SECOND = int(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp())
_LAST_SECOND = int(datetime(LAST_YEAR, 1, 1, tzinfo=UTC).timestamp())


def _int(digits: str) -> int | None:
    return int(digits) if len(digits) <= LONGEST_NUMBER else None


def _float(digits: str) -> float | None:
    found = float(digits)
    return found if math.isfinite(found) else None
