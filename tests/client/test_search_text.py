from __future__ import annotations

import contextlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sentry_logs.client import RefusedValue, SearchQuery

from .sentry_reader import Unreadable, read

OURS = 'tags[correlation_id]:"call-7"'


def group_of(text: str) -> str:
    return str(SearchQuery().search(text))


@pytest.mark.parametrize(
    "text",
    [
        "timeout",
        "connection refused by host",
        "level:error OR level:fatal",
        "(a OR b) c",
        '"two words"',
        'message:"a ) b" and x',
        '!tags[customer]:"a (b"',
        'transaction:["/a b", "/c)"] "x y"',
        "main() failed (again)",
        "count():>5",
        "count_if(level,equals,error):>5",
        "url:https://example.com/a",
        "((a))",
        'release:1.2 has:user "a)"',
        "android orange",
        "path\\to\\file.py line",
    ],
)
def test_the_usual_searches_pass_unchanged(text):
    assert group_of(text) == f"({text})"
    assert read(f"({text}) {OURS}") == [f"({text})", OURS]


@pytest.mark.parametrize(
    "text",
    [
        'foo "bar) OR (x"',
        'has:x$y "a) OR (b"',
        'key:5,y "a) OR (b"',
        'key:"a b"c"d) OR (e"',
        'foo (a) "b) OR (c"',
        '() "b) OR (c"',
        'foo "bar OR " (x " y" ) OR ( " z"',
        'count():5%"a) b" OR (c',
        'has:>"a) OR (b"',
        'key:[a, "b) OR (c"',
        'key:"a\\") OR ("b"',
        "a) OR (b",
        "a)",
        "(a",
        '"a',
        'a"b"',
        "a\\",
        'x "a\\"',
        "OR a",
        "a AND",
        "a OR OR b",
        "(OR a)",
        "(a or) b",
        "a\x00b",
        "a\x1bb",
        "a\ud800",
        "a\uf00dContains\uf00db",
        "x" * 501,
        "(" * 21 + "a" + ")" * 21,
        "url://a) OR (b//",
    ],
)
def test_a_search_whose_meaning_could_leak_is_refused(text):
    with pytest.raises(RefusedValue):
        group_of(text)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("(a", "does not close"),
        ("a)", "did not open"),
        ('"a', "partner"),
        ('a "b"', "quote"),
        ("a OR", "both"),
    ],
)
def test_the_reason_names_what_is_wrong(text, word):
    with pytest.raises(RefusedValue) as caught:
        group_of(text)

    assert word in caught.value.reason


def test_line_breaks_and_tabs_become_blanks():
    assert group_of("\ta\r\nb\n") == "(a  b)"


PIECES = st.sampled_from(
    ["(", ")", '"', '\\"', "\\", " ", " ", " ", ",", "[", "]", ":", "!", "%", "*", "//", "$", ">", "="]
    + [
        "OR",
        "or",
        "AND",
        "a",
        "b1",
        "5",
        "5d",
        "has:",
        "is:",
        "key:",
        "tags[x]:",
        "k:[",
        "f(",
        "count()",
        "://",
    ]
    + [
        'key:"',
        '", "',
        '"a)b"',
        '("',
        '")',
        ":5,",
        ":5]",
        "has:x$",
        '"k":',
        "foo ",
        " OR ",
        "2026-08-01",
        "true",
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join) | st.text('()" \\:ak,[]', max_size=24)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example('foo "bar OR " (x " y" ) OR ( " z"')
@example('k:[a] , b "x) (y"')
def test_any_search_stays_one_group_beside_our_conditions(text):
    try:
        group = group_of(text)
    except RefusedValue:
        return
    for before, after in (([], [OURS]), ([OURS], []), ([OURS], ['"words"', "level:[error]"])):
        terms = [*before, *([group] if group else []), *after]
        with contextlib.suppress(Unreadable):  # Sentry answers 400
            assert read(" ".join(terms)) == terms


def test_the_independent_reader_sees_the_leaks_that_are_refused():
    leak = '(foo "bar) OR (x") level:error'

    assert read(leak) == ['(foo "bar)', "OR", '(x")', "level:error"]
