from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentry_logs.client import ProjectEvent, SentryClient, SentryNotFound, SentryProtocolError, parse_moment

from .conftest import BASE

LIST = f"{BASE}/projects/acme/web/events/"
ITEM = {
    "id": "ab",
    "eventID": "ab",
    "groupID": "77",
    "projectID": "42",
    "event.type": "error",
    "title": "ValueError: x",
    "message": "x",
    "culprit": "app.run",
    "platform": "python",
    "dateCreated": "2026-08-01T17:46:36Z",
    "user": None,
    "tags": [
        {"key": "level", "value": "fatal"},
        {"key": "environment", "value": "staging"},
        {"key": "transaction", "value": "/call"},
        {"key": "correlation_id", "value": "call-7", "query": "x"},
    ],
}


@pytest.fixture
def web(config) -> SentryClient:
    return SentryClient(dataclasses.replace(config, projects=("web", "other")))


def test_an_event_of_the_list_is_read(web, sentry):
    sentry.get(LIST, json=[ITEM])
    (event,) = web.project_events().events

    assert event == ProjectEvent(
        id="ab",
        title="ValueError: x",
        message="x",
        level="fatal",
        timestamp=datetime(2026, 8, 1, 17, 46, 36, tzinfo=UTC),
        transaction="/call",
        environment="staging",
        tags={"level": "fatal", "environment": "staging", "transaction": "/call", "correlation_id": "call-7"},
        culprit="app.run",
        event_type="error",
        issue_id="77",
        project_id="42",
        platform="python",
    )


@pytest.mark.parametrize("empty", [None, [], {}, 5.5, True])
@pytest.mark.parametrize("key", [key for key in ITEM if key not in ("id", "eventID")])
def test_a_cell_of_the_wrong_type_is_empty(key, empty):
    event = ProjectEvent.from_item({**ITEM, key: empty})

    assert event.id == "ab"
    assert isinstance(event.title, str)


def test_an_item_of_nothing_is_an_empty_event():
    event = ProjectEvent.from_item({})

    assert (event.id, event.level, event.environment, event.timestamp, event.tags) == ("", "", None, None, {})


ODD = [None, True, 5, 1e300, "", "x", "\ud800", [], [None], [{"key": 5}], {}, {"a": {}}, {"key": []}]


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(sorted(ITEM)), st.sampled_from(ODD)))
def test_no_item_is_an_error(item):
    assert isinstance(ProjectEvent.from_item(item), ProjectEvent)


def test_the_next_page_is_asked_by_cursor_only(web, sentry):
    link = '<https://elsewhere.example/>; rel="next"; results="true"; cursor="0:100:0"'
    sentry.get(LIST, json=[], headers={"Link": link})
    cursor = web.project_events().next_cursor
    web.project_events(cursor=cursor)

    assert [call.request.url.partition("?")[2] for call in sentry.calls] == ["", "cursor=0%3A100%3A0"]


def test_items_that_are_no_objects_are_counted(web, sentry):
    sentry.get(LIST, json=[1, ITEM, None])

    page = web.project_events()
    assert (len(page.events), page.skipped) == (1, 2)
    assert page.bytes > 100


@pytest.mark.parametrize("body", [{}, {"data": []}, None, "x"])
def test_another_shape_altogether_is_a_protocol_error(web, sentry, body):
    sentry.get(LIST, json=body)

    with pytest.raises(SentryProtocolError):
        web.project_events()


def test_a_project_can_be_named(web, sentry):
    sentry.get(f"{BASE}/projects/acme/other/events/", json=[])

    assert web.project_events(project="other").events == ()


def test_a_number_is_turned_into_its_slug_once(client, sentry):
    lookup = sentry.get(f"{BASE}/projects/acme/42/", json={"id": "42", "slug": "web", "name": "Web"})
    sentry.get(LIST, json=[])
    client.project_events()
    client.project_events()

    assert lookup.call_count == 1


def test_an_old_server_that_knows_no_numbers_asks_for_the_short_name(client, sentry):
    sentry.get(f"{BASE}/projects/acme/42/", json={"detail": "x"}, status=404)

    with pytest.raises(SentryNotFound) as caught:
        client.project_events()
    assert "short name" in caught.value.hint


@pytest.mark.parametrize("wrong", [{"project": "a/b"}, {"cursor": "0:-1:0"}, {"cursor": ""}])
def test_wrong_arguments_are_not_sent(web, sentry, wrong):
    with pytest.raises(ValueError):
        web.project_events(**wrong)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-08-01T17:46:36Z", datetime(2026, 8, 1, 17, 46, 36, tzinfo=UTC)),
        ("2026-08-01T17:46:36+02:00", datetime(2026, 8, 1, 15, 46, 36, tzinfo=UTC)),
        ("2026-08-01T17:46:36.5", datetime(2026, 8, 1, 17, 46, 36, 500_000, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("soon", None),
        (5, None),
        (None, None),
    ],
)
def test_a_moment_is_aware_utc_or_none(text, moment):
    assert parse_moment(text) == moment
