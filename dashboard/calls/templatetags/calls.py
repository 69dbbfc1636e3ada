from __future__ import annotations

import re
from decimal import Decimal

from django import template

register = template.Library()


@register.filter
def duration(seconds: int | float | None) -> str:
    """Write a length for a column: 3:47, or 1:02:03."""
    if seconds is None:
        return ""
    hours, minutes, rest = _parts(seconds)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def duration_words(seconds: int | float | None) -> str:
    """Write a length for a sentence: 3 min 14 s."""
    if seconds is None:
        return ""
    named = zip(_parts(seconds), ("h", "min", "s"), strict=True)
    return " ".join(f"{count} {unit}" for count, unit in named if count) or "0 s"


@register.filter
def amount(value: Decimal) -> str:
    """Write a cost without needless zeros, but with two decimals at least: 0.1142, 12.50."""
    return f"{value.normalize():f}" if value != round(value, 2) else f"{value:.2f}"


@register.filter
def id_words(kind: str) -> str:
    """Write the kind of an id as a label: twilio_call_sid becomes Twilio call SID."""
    words = kind.replace("_", " ").replace(".", " ").strip()
    return re.sub(r"\b(sid|sip|id)\b", lambda word: word[0].upper(), words[:1].upper() + words[1:])


def _parts(seconds: int | float) -> tuple[int, int, int]:
    minutes, rest = divmod(max(int(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return hours, minutes, rest
