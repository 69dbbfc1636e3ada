from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentry_logs.client import RefusedValue, SearchQuery


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("call-7", '"call-7"'),
        ('a"b', '"a\\"b"'),
        ("50*", '"50\\*"'),
        ("OR", '"OR"'),
        ("a) OR (b", '"a) OR (b"'),
        ("[a,b]", '"[a,b]"'),
        (">=5", '">=5"'),
        ("Zoë 📞", '"Zoë 📞"'),
        ('" OR level:error OR "', '"\\" OR level:error OR \\""'),
    ],
)
def test_an_id_is_one_quoted_value(value, written):
    assert str(SearchQuery().correlation_id(value)) == f"tags[correlation_id]:{written}"


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("x" * 201, "longer than 200"),
        ("a\nb", "control"),
        ("a\x00b", "control"),
        ("a\x85b", "control"),
        ("a\ud800b", "half"),
        ("a\uf00db", "private-use"),
        ("a\U000f0000b", "private-use"),
        ("a\U00100000b", "private-use"),
        ("a\\b", "backslash"),
        ("ab\\", "backslash"),
        (" ab", "blank"),
        ("ab\u3000", "blank"),
    ],
)
@pytest.mark.parametrize("method", ["correlation_id", "environment"])
def test_a_value_that_cannot_be_asked_for_is_refused_with_the_reason(method, value, word):
    with pytest.raises(RefusedValue) as caught:
        getattr(SearchQuery(), method)(value)

    assert word in caught.value.reason


def test_plain_ids_share_a_list_and_others_stand_alone():
    query = SearchQuery().correlation_ids(["a-1", "x y", "b:2", "a-1", "c*"])

    tag = "tags[correlation_id]"
    assert str(query) == f'({tag}:["a-1","b:2"] OR {tag}:"x y" OR {tag}:"c\\*")'


def test_plain_ids_alone_are_a_bare_list():
    assert str(SearchQuery("call").correlation_ids(["a", "b"])) == 'tags[call]:["a","b"]'


def test_one_awkward_id_alone_is_a_bare_condition():
    assert str(SearchQuery("call").correlation_ids(["a b"])) == 'tags[call]:"a b"'


@pytest.mark.parametrize("values", [[], ["a", ""], ["a", "b\\"]])
def test_no_id_or_a_bad_one_among_good_ones_is_refused(values):
    with pytest.raises(RefusedValue):
        SearchQuery().correlation_ids(values)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        (SearchQuery().tagged(), '!tags[correlation_id]:""'),
        (SearchQuery().untagged(), 'tags[correlation_id]:""'),
        (SearchQuery().levels(["error", "fatal", "error"]), "level:[error,fatal]"),
        (SearchQuery().environment('a"b'), 'environment:"a\\"b"'),
        (SearchQuery().event_type("error"), "event.type:error"),
        (SearchQuery().search("a OR b"), "(a OR b)"),
        (SearchQuery().text(' say "hi"\n* '), '"say \\"hi\\" \\*"'),
        (SearchQuery().search(" \n ").text("\t"), ""),
        (SearchQuery().tagged().levels(["info"]), '!tags[correlation_id]:"" level:[info]'),
    ],
)
def test_each_condition_has_its_spelling(query, text):
    assert str(query) == text


@pytest.mark.parametrize(
    "wrong",
    [
        lambda query: query.levels(["warn"]),
        lambda query: query.levels([]),
        lambda query: query.event_type("error OR default"),
        lambda query: query.event_type(""),
        lambda query: query.text("a\\"),
        lambda query: query.text("a\x00"),
        lambda query: query.text("x" * 501),
        lambda query: SearchQuery("a]b"),
    ],
)
def test_what_is_not_understood_is_refused(wrong):
    with pytest.raises(RefusedValue):
        wrong(SearchQuery())


def test_a_query_is_never_changed():
    query = SearchQuery().tagged()
    query.levels(["error"])

    assert str(query) == '!tags[correlation_id]:""'


@given(st.text(max_size=210))
def test_any_id_is_one_closed_quote_or_refused(value):
    try:
        written = str(SearchQuery().correlation_id(value))
    except RefusedValue:
        return
    inner = written.removeprefix('tags[correlation_id]:"').removesuffix('"')
    assert '"' not in inner.replace('\\"', "")
    assert "*" not in inner.replace("\\*", "")
    assert inner.replace('\\"', '"').replace("\\*", "*") == value
