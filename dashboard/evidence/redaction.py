"""Personal data taken out before a snapshot is stored: there is no clear text behind it."""

from __future__ import annotations

from typing import Any

from sentry_logs.masking import mask_text

LONGEST_TEXT = 4_000
# Masked before it is cut, so that nothing is cut in two; and no text is masked for long.
LONGEST_READ = 5 * LONGEST_TEXT
CUT = " […]"


def redacted(value: Any) -> Any:
    """Return JSON with every text masked and cut to LONGEST_TEXT characters."""
    if isinstance(value, str):
        return _short(_masked(value))
    if isinstance(value, dict):
        return {_short(_masked(str(key))): redacted(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [redacted(item) for item in value]
    return value


def _masked(text: str) -> str:
    return mask_text(text[:LONGEST_READ])


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + CUT
