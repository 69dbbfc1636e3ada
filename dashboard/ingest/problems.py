"""What is wrong with a posted call, in plain words for whoever integrates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from pydantic import ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import ErrorDetails

from dashboard.ingest.schema import AliasIn, CallIn, CostIn, ToolCallIn, TurnIn
from sentry_logs.fields import shown

MOST_PROBLEMS = 10
"""Of one call: a list of 5,000 wrong turns is told once, not 5,000 times."""


class Problem(NamedTuple):
    """`field` is such as transcript[3].text; empty when the whole call is wrong."""

    field: str
    reason: str


Context = Mapping[str, Any]
Words = Callable[[Any, Context], str]

FIELDS: dict[str, list[str]] = {
    "": [field.alias or name for name, field in CallIn.model_fields.items()],
    "transcript": list(TurnIn.__annotations__),
    "toolCalls": list(ToolCallIn.__annotations__),
    "cost": list(CostIn.__annotations__),
    "aliases": list(AliasIn.__annotations__),
}


def _not_one_of(value: Any, context: Context) -> str:
    allowed = str(context["expected"]).replace("'", "").replace(" or ", ", ")
    return f"{f'“{shown(value)}” is not' if isinstance(value, str) else 'Must be'} one of: {allowed}."


WORDS: dict[str, Words] = {
    "words": lambda _value, context: str(context["reason"]),
    "missing": lambda _value, _context: "Is required.",
    "string_type": lambda _value, _context: "Must be text.",
    "string_unicode": lambda _value, _context: "Must be text in Unicode.",
    "string_too_short": lambda _value, _context: "Must not be empty.",
    "string_too_long": lambda _value, context: f"Has more than {context['max_length']:,} characters.",
    "string_pattern_mismatch": lambda _value, _context: (
        "Must be three capital letters such as USD, or “credits”."
    ),
    "int_type": lambda _value, _context: "Must be a whole number.",
    "float_type": lambda _value, _context: "Must be a number.",
    "finite_number": lambda _value, _context: "Must be a finite number.",
    "greater_than_equal": lambda _value, context: f"Must be {context['ge']:,.0f} or more.",
    "less_than_equal": lambda _value, context: f"Must be {context['le']:,.0f} or less.",
    "bool_type": lambda _value, _context: "Must be true or false.",
    "list_type": lambda _value, _context: "Must be a list.",
    "too_long": lambda _value, context: f"Has more than {context['max_length']:,} items.",
    "enum": _not_one_of,
    "literal_error": _not_one_of,
    **dict.fromkeys(
        ("model_type", "model_attributes_type", "dict_type"),
        lambda _value, _context: "Must be a JSON object.",
    ),
}


def problems(error: ValidationError) -> list[Problem]:
    """Return what is wrong, in the order of the fields, at most MOST_PROBLEMS."""
    found = error.errors(include_url=False)
    told = [Problem(_field(one["loc"]), _reason(one)) for one in found[:MOST_PROBLEMS]]
    if rest := len(found) - len(told):
        told.append(Problem("", f"{rest:,} more fields are wrong."))
    return told


def _field(place: tuple[int | str, ...]) -> str:
    """Write a place as programs do: transcript[3].text."""
    path = ""
    for step in place:
        if step != "[key]":
            path += f"[{step}]" if isinstance(step, int) else f".{shown(step)}"
    return path.removeprefix(".")


def _reason(error: ErrorDetails) -> str:
    if error["type"] == "extra_forbidden":
        return _unknown_field(error["loc"])
    words = WORDS.get(error["type"])
    return words(error["input"], error.get("ctx", {})) if words else "This value cannot be taken."


def _unknown_field(place: tuple[int | str, ...]) -> str:
    # Comparing names takes long where one of them is long.
    name, parent = shown(place[-1]), str(place[0]) if len(place) > 1 else ""
    known = FIELDS.get(parent, [])
    close = [to_camel(name)] if to_camel(name) in known else get_close_matches(name, known, n=1)
    return "There is no such field." + (f" Did you mean {close[0]}?" if close else "")
