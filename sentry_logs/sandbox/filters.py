"""What one written filter means: its key, operator and value, with Sentry's types and errors.

Source: Sentry 23.7.1 source, api/event_search.py `SearchVisitor` and search/utils.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sentry_logs.sandbox.errors import InvalidSearchQuery
from sentry_logs.sandbox.search import DATE, ITEM, NUMBER, OPERATOR, QUOTED, Word

Value = str | float | list[str] | list[float]
DATE_KEYS = {"timestamp", "timestamp.to_hour", "timestamp.to_day", "time", "start", "end", "error.received"}
NUMBER_KEYS = {"project.id", "project_id", "issue.id", "stack.colno", "stack.lineno", "transaction.duration"}
BOOLEAN_KEYS = {"error.handled", "error.unhandled", "error.main_thread", "stack.in_app"}
OPPOSITE = {"=": "!=", "!=": "=", ">": "<=", "<=": ">", "<": ">=", ">=": "<", "IN": "NOT IN"}
UNITS = {"w": 604800, "d": 86400, "h": 3600, "m": 60}
SCALES = {"": 1, "k": 10**3, "m": 10**6, "b": 10**9}

SPLIT = re.compile(r"(?P<no>!?)(?P<key>tags\[[^\]]*\]|[^:\"]+|\"[^\"]*\"):(?P<rest>.*)\Z", re.DOTALL)
SPLIT_AGGREGATE = re.compile(rf"(?P<no>!?)(?P<key>[^:(]+\([^()]*\)):(?P<op>{OPERATOR}?)(?P<value>.*)\Z")
SPLIT_VALUE = re.compile(rf"(?P<op>{OPERATOR}?)(?P<value>.*)\Z", re.DOTALL)
NUMERIC = re.compile(rf"(-?{NUMBER})([kmb]?)\Z", re.IGNORECASE)
MEASURE = re.compile(rf"-?{NUMBER}(?:[kmb]?|ms|s|min|hr|h|day|d|wk|w|[kmgt]i?b|bytes|bit)\Z", re.IGNORECASE)
RELATIVE = re.compile(r"([+-])([0-9]+)([wdhm])\Z")


@dataclass(frozen=True, slots=True)
class Filter:
    """`key operator value`; dates are epoch seconds, texts may hold wildcards."""

    key: str
    operator: str
    value: Value


@dataclass(frozen=True, slots=True)
class AggregateFilter:
    """A condition on a function, such as `count():>5`."""

    function: str
    operator: str
    value: float | str


def read_filter(word: Word, now: datetime) -> list[Filter]:
    """Read a filter or free text; the parts are AND-ed (one day is two comparisons)."""
    if word.kind == "PHRASE":
        return [Filter("message", "=", word.text.strip(" "))]
    if word.kind == "QUOTED":
        return [Filter("message", "=", unquote(word.text))] if len(word.text) > 2 else []
    negated, key, rest = _parts(word.text)
    if word.kind == "HAS":
        return [_has(rest, negated)]
    if word.kind == "IS":
        raise InvalidSearchQuery('"is:" queries are not supported in this search.')
    if word.kind == "IN":
        return [_typed_list(key, "NOT IN" if negated else "IN", _items(rest))]
    return _single(key, negated, rest, now)


def read_aggregate(word: Word, now: datetime) -> AggregateFilter:
    """Read a condition on a function."""
    match = SPLIT_AGGREGATE.match(word.text)
    assert match, word
    operator = OPPOSITE[match["op"] or "="] if match["no"] else match["op"] or "="
    text = match["value"]
    relative = RELATIVE.match(text)
    if relative:
        return AggregateFilter(match["key"], *_relative(relative, now))
    if re.fullmatch(DATE, text):
        return AggregateFilter(match["key"], operator, _instant(text))
    number = NUMERIC.match(text)
    return AggregateFilter(match["key"], operator, _number(number) if number else text)


def unquote(text: str) -> str:
    """Take a value out of its quotes; only the escaped quote is special there."""
    if len(text) >= 2 and text[0] == '"' and re.fullmatch(QUOTED, text):
        return text[1:-1].replace('\\"', '"')
    return text.replace('\\"', '"')


def _parts(text: str) -> tuple[bool, str, str]:
    match = SPLIT.match(text)
    assert match, text
    key = re.sub(r" *, *string\]$", "]", match["key"].strip('"'))
    return bool(match["no"]), key, match["rest"]


def _has(rest: str, negated: bool) -> Filter:
    key = rest.strip('"')
    if not re.fullmatch(r"[a-zA-Z0-9_.:-]+|tags\[[^\]]+\]", key):
        raise InvalidSearchQuery('Invalid format for "has" search: was expecting a field or tag instead')
    return Filter(re.sub(r" *, *string\]$", "]", key), "=" if negated else "!=", "")


def _items(text: str) -> list[str]:
    """Read `["a", b]`; the grammar has checked the shape."""
    found: list[str] = []
    rest = text
    while rest.startswith(("[", ",")):
        rest = rest[1:].lstrip(" ")
        item = re.match(ITEM, rest)
        if item is None:
            raise InvalidSearchQuery("Lists should not have empty values")
        found.append(unquote(item[0]) if item[0][0] == '"' else item[0].replace('\\"', '"'))
        rest = rest[item.end() :].lstrip(" ")
    return found


def _typed_list(key: str, operator: str, items: list[str]) -> Filter:
    if key in NUMBER_KEYS:
        return Filter(key, operator, [_number_or_refuse(key, item) for item in items])
    if key in DATE_KEYS:
        raise _invalid_date(key, str(items))
    if key in BOOLEAN_KEYS:
        raise _invalid_boolean(key, str(items))
    return Filter(key, operator, items)


def _single(key: str, negated: bool, rest: str, now: datetime) -> list[Filter]:
    match = SPLIT_VALUE.match(rest)
    assert match, rest
    operator, text = match["op"] or "=", match["value"]
    if not text:
        raise InvalidSearchQuery(f"Empty string after '{key}:'")
    _check_quotes(text)
    if key in DATE_KEYS:
        return _date(key, operator, text, negated, now)
    if key in BOOLEAN_KEYS:
        return [Filter(key, "=", _boolean(key, text, negated))]
    if key in NUMBER_KEYS:
        operator = OPPOSITE[operator] if negated else operator
        return [Filter(key, operator, _number_or_refuse(key, text))]
    return [_text(key, operator, text, negated)]


def _text(key: str, operator: str, text: str, negated: bool) -> Filter:
    """A text value: comparisons are part of the text, `=` is eaten, `!=` negates.

    Before a bare number `!=` is eaten too: Sentry takes it for a numeric filter on a text key.
    """
    value = unquote(text)
    if operator in (">", "<", ">=", "<="):
        operator, value = "=", operator + value
    if operator == "!=" and MEASURE.match(text):
        operator = "="
    return Filter(key, OPPOSITE[operator] if negated else operator, value)


def _check_quotes(text: str) -> None:
    if re.fullmatch(QUOTED, text):
        return
    if re.search(r'(?<!\\)"', text):
        raise InvalidSearchQuery(f"Invalid quote at '{text}': quotes must enclose text or be escaped.")


def _date(key: str, operator: str, text: str, negated: bool, now: datetime) -> list[Filter]:
    relative = RELATIVE.match(text)
    written = bool(re.fullmatch(DATE, text))
    if negated or not (relative or written):
        raise _invalid_date(key, text)
    if relative:
        return [Filter(key, *_relative(relative, now))]
    at = _instant(text)
    if operator != "=":
        return [Filter(key, operator, at)]
    before, after = (0, 86400) if len(text) == 10 else (300, 360)
    return [Filter(key, ">=", at - before), Filter(key, "<", at + after)]


def _relative(match: re.Match[str], now: datetime) -> tuple[str, float]:
    ago = now - timedelta(seconds=int(match[2]) * UNITS[match[3]])
    return (">=" if match[1] == "-" else "<="), ago.timestamp()


def _instant(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise InvalidSearchQuery(f"{text} is not a valid ISO8601 date query") from None
    return (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).timestamp()


def _boolean(key: str, text: str, negated: bool) -> float:
    if text.lower() not in ("true", "false", "1", "0"):
        raise _invalid_boolean(key, text)
    return float((text.lower() in ("true", "1")) != negated)


def _number_or_refuse(key: str, text: str) -> float:
    match = NUMERIC.match(text)
    if match is None:
        raise InvalidSearchQuery(
            f"{key}: Invalid number: {text}. Expected number then optional k, m, or b suffix (e.g. 500k)."
        )
    return _number(match)


def _number(match: re.Match[str]) -> float:
    return float(match[1]) * SCALES[match[2].lower()]


def _invalid_date(key: str, text: str) -> InvalidSearchQuery:
    return InvalidSearchQuery(
        f"{key}: Invalid date: {text}. "
        "Expected +/-duration (e.g. +1h) or ISO 8601-like (e.g. 2026-01-31T12:00:00.0000)."
    )


def _invalid_boolean(key: str, text: str) -> InvalidSearchQuery:
    return InvalidSearchQuery(f"{key}: Invalid boolean: {text}. Expected true, 1, false, or 0.")
