"""Is a person's search text safe to put in parentheses before our own conditions?

`(T) ours` must be read by Sentry as the group T and our conditions. Only T's parentheses could end the group
early, and only a quote can hide a parenthesis. So all depends on knowing which quotes Sentry sees. It sees
one at the start of a condition and after `key:`, also in a list; but after a plain word a quote is an
ordinary character (`foo "bar)` ends a group), and some words are read only in part (`has:x$y`, `key:5,y`), so
that the rest is such a plain word. Hence the rule here: a quote is accepted only where every version of the
grammar must see one, closed before a blank, a parenthesis or the end; any other quote is refused. All quotes
known, counting the parentheses outside them is exact. AND and OR within the group stay within it.

Source: the grammar in Sentry's api/event_search.py, 23.7.1 to 2025.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sentry_logs.client.values import RefusedValue, check_characters, one_line

MAX_SEARCH = 500
MAX_NESTING = 20

_QUOTED = r'"(?:\\"|[^"\\]|\\(?!"))*"'
_KEY = r"!?(?:tags\[[A-Za-z0-9_.-]+\]|[A-Za-z0-9_.-]+):"
_NO_HAS = r"(?!!?(?:has|is):)"
_ITEM = rf'(?:{_QUOTED}|[^\[\](),"\\ ]+)'
_END = r"(?=[ )]|$)"
_OPERATOR = re.compile(rf"(?i:and|or){_END}")
_QUOTED_TEXT = re.compile(rf"{_QUOTED}{_END}")
_CERTAIN = re.compile(
    rf"{_KEY}{_QUOTED}{_END}"
    rf"|{_NO_HAS}{_KEY}\[{_ITEM}(?: *, *{_ITEM})*\]{_END}(?! *,)"
    rf'|{_NO_HAS}{_KEY}(?!\[)[^,\]"() ]*{_END}'
    rf"|!?has:[A-Za-z0-9_.-]+{_END}"
)
_WORD = re.compile(r'[^() "]+')
# Newer servers read key://pattern// as a regular expression, whose end we do not want to guess.
_PATTERN = re.compile(r"!?(?:[A-Za-z0-9_.-]*|[A-Za-z_]+\[[^\]]*\])://")


@dataclass
class _Scan:
    """Where the reading of a text stands. `fresh`: a quote here begins a quoted text."""

    text: str
    at: int = 0
    fresh: bool = True
    operator: bool = True
    open_groups: list[bool] = field(default_factory=list)

    def take(self, pattern: re.Pattern[str]) -> bool:
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()
        return bool(match)


def checked_search(text: str) -> str:
    """The search text on one line, "" when there is none; RefusedValue where its meaning could leak."""
    text = one_line(text)
    if len(text) > MAX_SEARCH:
        raise RefusedValue(f"The search is longer than {MAX_SEARCH} characters.")
    check_characters(text, "The search")
    if text.endswith("\\"):
        raise RefusedValue("The search ends in a backslash.")
    if text.count('"') % 2:
        raise RefusedValue("The search has a quote without its partner.")
    if text:
        _check_groups(text)
    return text


def _check_groups(text: str) -> None:
    scan = _Scan(text)
    while scan.at < len(text):
        _step(scan)
    if scan.open_groups:
        raise RefusedValue("The search opens a parenthesis that it does not close.")
    _check_side(scan)


def _step(scan: _Scan) -> None:
    character = scan.text[scan.at]
    if _PATTERN.match(scan.text, scan.at):
        raise RefusedValue("The search has '://' after a name. Put the address in quotes.")
    if character in " ()":
        scan.at += 1
        if character == "(":
            _open(scan)
        elif character == ")":
            _close(scan)
    elif scan.at and scan.text[scan.at - 1] not in " (":
        _word(scan)
    else:
        _condition(scan)


def _open(scan: _Scan) -> None:
    if len(scan.open_groups) >= MAX_NESTING:
        raise RefusedValue(f"The search has more than {MAX_NESTING} parentheses in each other.")
    scan.open_groups.append(scan.fresh)
    scan.fresh = scan.operator = True


def _close(scan: _Scan) -> None:
    if not scan.open_groups:
        raise RefusedValue("The search closes a parenthesis that it did not open.")
    empty = scan.text[: scan.at - 1].rstrip(" ").endswith("(")
    if not empty:
        _check_side(scan)
    # A group after a plain word, and an empty one, can be part of the plain text.
    scan.fresh = scan.open_groups.pop() and not empty
    scan.operator = False


def _condition(scan: _Scan) -> None:
    if scan.take(_OPERATOR):
        _check_side(scan)
        scan.fresh = scan.operator = True
        return
    if scan.take(_CERTAIN) or (scan.fresh and scan.take(_QUOTED_TEXT)):
        scan.fresh = True
    else:
        _word(scan)
    scan.operator = False


def _word(scan: _Scan) -> None:
    if not scan.take(_WORD) or scan.text.startswith('"', scan.at):
        raise RefusedValue(
            "The search has a quote where Sentry does not see one. Put quotes around a whole value, as in "
            'message:"two words", or put the quoted words first.'
        )
    scan.fresh = scan.operator = False


def _check_side(scan: _Scan) -> None:
    if scan.operator:
        raise RefusedValue("AND and OR need a condition on both sides.")
