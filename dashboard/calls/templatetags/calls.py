from __future__ import annotations

from django import template

from dashboard.calls import phone

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
def masked(number: str | None) -> str:
    return phone.mask(number or "")


def _parts(seconds: int | float) -> tuple[int, int, int]:
    minutes, rest = divmod(max(int(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return hours, minutes, rest
