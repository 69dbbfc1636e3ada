"""Query builder and Sentry's grammar meet: a text finds exactly the events it should, or is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sentry_logs.answers import Window
from sentry_logs.backends import Filters
from sentry_logs.backends.discover import DiscoverBackend
from sentry_logs.client import (
    RefusedValue,
    SearchQuery,
    SentryBadQuery,
    SentryClient,
    SentryConfig,
    SentryRefused,
)
from sentry_logs.sandbox import start_sandbox

NOW = datetime.now(UTC).replace(microsecond=0)
DAY = Window(NOW - timedelta(hours=24), NOW + timedelta(minutes=5))
TRAPS = '"\\*?[]{}(),:;=!<>-+ aAbB1.ORAND\t\n\0é🙂\uf00d'
texts = st.one_of(st.text(max_size=30), st.text(alphabet=TRAPS, max_size=24))


@pytest.fixture(scope="module", params=[False, True], ids=["sentry.io", "23.7.1"])
def server(request):
    with start_sandbox(old=request.param) as sandbox:
        sandbox.add_event(correlation_id="bystander", level="error", timestamp=NOW, environment="production")
        sandbox.add_event(correlation_id=None, level="error", timestamp=NOW, environment="production")
        config = SentryConfig(sandbox.url, sandbox.org, (sandbox.project,), sandbox.token)
        client = SentryClient(config)
        yield sandbox, DiscoverBackend(client, "correlation_id", ["production"])
        client.close()


@settings(max_examples=80, deadline=None)
@given(wanted=texts, other=texts)
@example(wanted='a"b', other='a\\"b')
@example(wanted="a*", other="ab")
@example(wanted="x OR y", other="x")
@example(wanted="Case", other="case")
def test_an_id_finds_exactly_its_own_events_or_is_refused(server, wanted, other):
    sandbox, backend = server
    try:
        SearchQuery().correlation_id(wanted)
    except RefusedValue:
        return
    ids = {sandbox.add_event(correlation_id=wanted, level="error", timestamp=NOW)}
    if other and other != wanted:
        sandbox.add_event(correlation_id=other, level="error", timestamp=NOW)

    found = backend.events(Filters(correlation_id=wanted), DAY, limit=100, cursor=None)

    assert ids <= {event.id for event in found.value}
    assert {event.correlation_id for event in found.value} == {wanted}


@settings(max_examples=40, deadline=None)
@given(names=st.lists(texts, min_size=1, max_size=6))
def test_a_list_of_ids_finds_exactly_theirs(server, names):
    sandbox, backend = server
    askable = []
    for name in names:
        try:
            SearchQuery().correlation_id(name)
        except RefusedValue:
            continue
        askable.append(name)
        sandbox.add_event(correlation_id=name, level="error", timestamp=NOW)
    if not askable:
        return

    found = backend.tallies(DAY, askable).value

    assert {one.correlation_id for one in found} == set(askable)


@settings(max_examples=150, deadline=None)
@given(text=texts)
@example(text="a) OR (level:error")
@example(text='foo "bar) OR (level:error"')
@example(text="OR level:error")
@example(text='has:x$"y) OR (level:error"')
def test_no_search_text_changes_the_meaning_of_the_other_conditions(server, text):
    _sandbox, backend = server
    nothing_has_this = Filters("staging", search=text)
    try:
        found = backend.events(nothing_has_this, DAY, limit=100, cursor=None)
    except (RefusedValue, SentryBadQuery, SentryRefused):
        return

    assert found.value == ()
