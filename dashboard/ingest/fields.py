"""The kinds of value that a posted call is made of. A wrong value is refused in words, not guessed at."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from dashboard.ingest.cleaning import FIRST_YEAR, LAST_YEAR, LONGEST_CALL_MS
from dashboard.ingest.platforms.reading import LARGEST_COST
from sentry_logs.fields import shown

LONGEST_TEXT = 20_000
LARGEST_VALUE = 64 * 1024
DEEPEST_VALUE = 32
MOST_KEYS = 100
MICRO = Decimal("0.000001")


def wrong(reason: str) -> PydanticCustomError:
    # Braces would be read as the places of a template.
    return PydanticCustomError("words", "{reason}", {"reason": reason})


def _moment(value: object) -> datetime:
    """Read ISO 8601 with an offset; more digits than microseconds are cut, as Go and Rust send them."""
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise wrong(f"“{shown(value)}” is not an ISO 8601 time such as 2026-11-23T10:00:00Z.") from None
    else:
        raise wrong("Give the time as ISO 8601 text such as 2026-11-23T10:00:00Z, not as a number.")
    if moment.tzinfo is None:
        raise wrong(f"“{shown(value)}” has no offset from UTC: end it in Z or in one such as +02:00.")
    if not FIRST_YEAR <= moment.year < LAST_YEAR:
        raise wrong(f"The time must be between the years {FIRST_YEAR} and {LAST_YEAR}.")
    return moment.astimezone(UTC)


def _amount(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise wrong("Must be a number.")
    try:
        amount = Decimal(str(value))
    except (InvalidOperation, ValueError):
        raise wrong(f"“{shown(value)}” is not a number.") from None
    if not amount.is_finite() or not 0 <= amount < LARGEST_COST:
        raise wrong(f"Must be a number from 0 to below {LARGEST_COST:,}.")
    return amount.quantize(MICRO)


def _printable(text: str) -> str:
    if not text.strip():
        raise wrong("Must not be empty.")
    if not text.isprintable() and any(unicodedata.category(character) == "Cc" for character in text):
        raise wrong("Line breaks and control characters cannot be part of it.")
    return text


def _link(text: str) -> str:
    """Let http and https through: a link of another kind could run in the browser of who clicks it."""
    try:
        parts = urlsplit(text)
        is_link = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_link = False
    if text and (not is_link or not text.isprintable() or " " in text):
        raise wrong("Must be a link that begins with https:// or http://.")
    return text


def bounded(value: Any) -> Any:
    """Refuse a free value that is too large, too deep or no JSON, such as one with NaN in it."""
    if _deeper_than(value, DEEPEST_VALUE):
        raise wrong(f"Nested deeper than {DEEPEST_VALUE} levels.")
    try:
        size = len(json.dumps(value, allow_nan=False, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    except (ValueError, TypeError):
        raise wrong("Must be JSON; NaN and infinite numbers are not.") from None
    if size > LARGEST_VALUE:
        raise wrong(f"Has {size:,} bytes as JSON; at most {LARGEST_VALUE:,} are kept.")
    return value


def narrow(value: Any) -> Any:
    """Refuse an object of a million keys at once; naming what is wrong with each costs a gigabyte."""
    if isinstance(value, dict) and len(value) > MOST_KEYS:
        raise wrong(f"Has more than {MOST_KEYS} fields.")
    return value


def _deeper_than(value: object, levels: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper_than(one, levels - 1) for one in inner)


Moment = Annotated[datetime, BeforeValidator(_moment)]
Amount = Annotated[Decimal, BeforeValidator(_amount)]
Milliseconds = Annotated[int, Field(strict=True, ge=0, le=LONGEST_CALL_MS)]
Flag = Annotated[bool, Field(strict=True)]
Word = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_printable)]
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_printable)]
LongText = Annotated[str, Field(max_length=LONGEST_TEXT)]
Link = Annotated[str, AfterValidator(_link)]
Measure = Annotated[float, Field(strict=True, ge=0, le=LONGEST_CALL_MS, allow_inf_nan=False)]
Value = Annotated[Any, AfterValidator(bounded)]
