"""What Sentry says, masked before it is kept or leaves a service: caches and tables hold the masked form."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from sentry_logs.answers import LevelCount, LogEvent
from sentry_logs.masking import count_hidden, mask_text

Value = TypeVar("Value")


def hide(value: Value) -> Value:
    """Return an event, a count, or many of them, with their texts masked; anything else as it is."""
    if isinstance(value, tuple):
        return tuple(map(hide, value))  # type: ignore[return-value]  # a tuple of the same things
    if isinstance(value, LogEvent):
        return replace(
            value,
            title=mask_text(value.title),
            message=mask_text(value.message),
            transaction=mask_text(value.transaction),
            culprit=mask_text(value.culprit),
        )
    if isinstance(value, LevelCount):
        return replace(value, last_title=mask_text(value.last_title))
    return value


def hidden_in(event: LogEvent) -> int:
    """Count the places where something is hidden in an event; what two fields have in common counts once."""
    return count_hidden(*{event.title, event.message, event.transaction, event.culprit})
