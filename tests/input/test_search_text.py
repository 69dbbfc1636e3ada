"""Ids and search texts in Sentry's own grammar: an id is one condition with that very value, or refused."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sentry_logs.client import RefusedValue, SearchQuery
from sentry_logs.sandbox.errors import InvalidSearchQuery
from sentry_logs.sandbox.search import Group, Word, parse
from tests.input.conftest import generated
from tests.input.corpus.values import VALUES
from tests.input.tally import tried

TRAPS = '"\\*?[]{}(),:;=!<>-+ aAbB1.\t\n\0é🙂\uf00d$%/'
IDS = st.text(max_size=40) | st.text(alphabet=TRAPS, max_size=30)


def one_condition(value: str, old: bool) -> None:
    """The query of an id is one word of one tag, whatever the id, also beside a level."""
    tried["search texts"] += 1
    try:
        query = str(SearchQuery().correlation_id(value).levels(["error"]))
    except RefusedValue:
        return
    terms = parse(query, old)
    assert len(terms) == 2 and all(isinstance(term, Word) for term in terms), (value, query)
    first = terms[0]
    assert isinstance(first, Word) and first.text.startswith('tags[correlation_id]:"'), query
    assert not first.kind.startswith("PHRASE"), query


@pytest.mark.parametrize("old", [False, True], ids=["sentry.io", "23.7.1"])
def test_every_value_of_the_corpus_is_one_condition(old):
    for value in VALUES:
        one_condition(value.decode(errors="replace"), old)


@generated(700)
@given(IDS)
@example('a" OR level:error "')
@example("a\\")
def test_any_id_is_one_condition(value):
    one_condition(value, old=False)


@generated(700)
@given(st.text(alphabet=TRAPS + "ORANDorand", max_size=40))
def test_any_search_stays_in_its_parentheses(text):
    tried["search texts"] += 1
    try:
        query = str(SearchQuery().search(text).environment("production"))
        terms = parse(query, False)
    except (RefusedValue, InvalidSearchQuery):
        return
    assert [type(term) for term in terms] in ([Group, Word], [Word]), query
