"""Fields written into text, such as {"first_name": "…"}, phone=…: what their name says decides."""

from __future__ import annotations

import re

from sentry_logs.masking.dots import hidden
from sentry_logs.masking.labels import meaning

_LABEL = r"(?P<label>(?<![\w\-])[A-Za-z][\w\-]{1,30})"
QUOTED = re.compile(
    rf"{_LABEL}(?P<between>\\?[\"']? ?[:=] ?)(?P<quote>\\?[\"'])(?P<value>[^\"'\\\n]{{1,200}})(?=\\?[\"'])"
)
PLAIN = re.compile(rf"{_LABEL}(?P<between>=)(?P<value>[^\s\"'\\,;&(){{}}\[\]<>]{{1,200}})")
_DAY = r"\d{1,4}(?:st|nd|rd|th)?"
DATED = re.compile(
    r"(?<!\w)(?P<before>(?i:date of birth|birth ?date|birthday|d\.?o\.?b\.?|born)(?i: is| on|,)?[:=]? ?)"
    rf"(?:(?:the )?{_DAY}(?:[ ./\-]{{1,2}}(?:of )?(?:{_DAY}|[A-Za-z]{{3,9}})){{1,2}}"
    rf"|[A-Z][a-z]{{2,8}}\.? {_DAY}(?:,? \d{{4}})?)(?!\w)"
)
NOTHING = re.compile(r"(?i)none|null|nil|true|false|unknown|missing|undefined|empty|anonymous|\W*")
PERSON = re.compile(r"(?<!\w)[^\W\d_a-z][\w'’\-]{1,40}(?: [^\W\d_a-z][\w'’\-]{1,40}){1,3}")


def mask_fields(text: str) -> str:
    if "=" in text or ":" in text:
        text = PLAIN.sub(_masked, QUOTED.sub(_masked, text))
    return DATED.sub(rf"\g<before>{hidden('date')}", text)


def _masked(field: re.Match[str]) -> str:
    value = field["value"]
    if NOTHING.fullmatch(value):
        return field[0]
    kind = meaning(field["label"])
    if field["label"].lower() == "name" and PERSON.fullmatch(value):
        kind = "name"
    # Numbers are told by their digits: a field "from" may hold a date, a room, a department.
    if kind in ("", "number"):
        return field[0]
    return field[0][: field.start("value") - field.start()] + hidden(kind)
