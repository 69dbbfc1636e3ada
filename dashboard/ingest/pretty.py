"""A stored body as a person reads it, with what is personal masked."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from sentry_logs.masking import mask_json, mask_text

LONGEST = 100_000


def pretty(body: bytes, *, clear: bool = False) -> str:
    """Return JSON with indents, a form as lines, anything else as it is; cut after 100,000 characters.

    Who asks for it in `clear` has the right to, and has recorded it.
    """
    # A long one is cut before it is masked: nobody waits for megabytes that are not shown.
    by_field = not clear and len(body) <= LONGEST
    text = body.decode("utf-8", "replace")
    mask = mask_json if by_field else _as_it_is
    shown = _json(text, mask) or _form(text, mask) or text
    left = len(shown) - LONGEST
    shown = shown if clear else mask_text(shown[:LONGEST])
    return f"{shown[:LONGEST]}\n… {left:,} more characters" if left > 0 else shown


def _as_it_is(value: Any) -> Any:
    return value


def _json(text: str, mask: Callable[[Any], Any]) -> str:
    try:
        return json.dumps(mask(json.loads(text)), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""


def _form(text: str, mask: Callable[[Any], Any]) -> str:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True, max_num_fields=1000)
    except ValueError:
        return ""
    return "\n".join(f"{name}: {_one(mask, name, value)}" for name, value in pairs)


def _one(mask: Callable[[Any], Any], name: str, value: str) -> Any:
    (shown,) = mask({name: value}).values()
    return shown
