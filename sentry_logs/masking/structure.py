from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sentry_logs.masking.dots import hidden
from sentry_logs.masking.fields import PERSON
from sentry_logs.masking.labels import meaning
from sentry_logs.masking.numbers import mask_number
from sentry_logs.masking.text import mask_text

WRITTEN_NUMBER = re.compile(r"[+(]{0,2}\d[\d ().\-/]{3,25}")
# A status such as "returning" may stand in a field "customer", too.
PROPER = re.compile(r"[^\W\d_a-z][\w'’.\-]*(?: [^\W\d_][\w'’.\-]*){0,4}")
DATE = re.compile(r"\d{4}-\d\d-\d\d")


def mask_json(value: Any, names: Iterable[str] = ()) -> Any:
    """Return JSON with its texts masked, by what they are and by what their field is called.

    `names` are known to be some, as in `mask_text`.
    """
    return _masked(value, tuple(names), "", "")


def names_in(value: Any) -> Iterator[str]:
    """Yield the texts in fields that are called a name of a person, for the text around them."""
    return _names(value, "", "")


def _masked(value: Any, names: tuple[str, ...], label: str, around: str) -> Any:
    if isinstance(value, dict):
        return {
            mask_text(str(key), names): _masked(item, names, str(key), label) for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_masked(item, names, label, around) for item in value]
    if isinstance(value, str):
        return _by_kind(value, _kind(value, label, around)) or mask_text(value, names)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _by_kind(str(value), meaning(label)) or _number(value, label)
    return value


def _names(value: Any, label: str, around: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _names(item, str(key), label)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _names(item, label, around)
    elif isinstance(value, str) and _kind(value, label, around) == "name" and PROPER.fullmatch(value):
        yield value


def _kind(text: str, label: str, around: str) -> str:
    """Return what a text is by its field; a "name" is a person's within a customer, or if it looks so."""
    if label.lower() == "name" and (meaning(around) == "name" or PERSON.fullmatch(text)):
        return "name"
    return meaning(label)


def _by_kind(text: str, kind: str) -> str:
    """Return the masked form of a field that is personal by its name; empty for others."""
    if not kind or not text.strip():
        return ""
    if kind == "number":
        return mask_number(text) if WRITTEN_NUMBER.fullmatch(text) and not DATE.match(text) else ""
    return hidden(kind)


def _number(value: float, label: str) -> float | str:
    if not isinstance(value, int) or mask_text(f"{label}: {value}") == f"{label}: {value}":
        return value
    return mask_text(str(value))
