from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qsl, urlsplit

import pytest
from responses.matchers import query_param_matcher

from sentry_logs.client import (
    MAX_TARGET,
    RateLimit,
    SearchQuery,
    SentryClient,
    SentryNoProject,
    SentryProtocolError,
    SentryRateLimited,
    SentryRefused,
)

from .conftest import BASE, EVENTS, WINDOW

NO_ERRORS = {"detail": "dataset must be one of: discover, metrics"}
ASK = {"fields": ["id", "title"], "query": "level:[error]", **WINDOW}


def pairs(request) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(request.url).query, keep_blank_values=True)


def test_the_logs_of_a_call_are_asked_as_sentry_wants_it(client, sentry):
    fields = ["id", "timestamp", "level", "title", "environment", "tags[correlation_id]"]
    expected = {
        "dataset": "errors",
        "project": "42",
        "field": fields,
        "query": 'tags[correlation_id]:"call-7"',
        "start": "2026-08-01T00:00:00",
        "end": "2026-08-02T00:00:00",
        "sort": ["-timestamp", "-id"],
        "per_page": "100",
    }
    sentry.get(EVENTS, json={"data": []}, match=[query_param_matcher(expected)])

    query = str(SearchQuery().correlation_id("call-7"))
    client.events(fields=fields, query=query, sort=["-timestamp", "-id"], **WINDOW)


def test_fields_and_sorts_are_repeated_never_joined(client, sentry):
    sentry.get(EVENTS, json={"data": []})
    client.events(
        fields=["a", "count()"], query="", sort=["-count()", "a"], environments=["x", "y"], **WINDOW
    )

    sent = pairs(sentry.calls[0].request)
    assert [value for name, value in sent if name == "field"] == ["a", "count()"]
    assert [value for name, value in sent if name == "sort"] == ["-count()", "a"]
    assert [value for name, value in sent if name == "environment"] == ["x", "y"]
    assert [name for name, _ in sent].count("query") == 1


def test_a_further_page_sends_everything_again_with_the_cursor(client, sentry):
    sentry.get(EVENTS, json={"data": []})
    client.events(**ASK)
    client.events(**ASK, cursor="0:100:0")

    first, second = (pairs(call.request) for call in sentry.calls)
    assert second == [*first, ("cursor", "0:100:0")]


def test_times_are_sent_in_utc_and_whole_seconds_that_lose_nothing(client, sentry):
    sentry.get(EVENTS, json={"data": []})
    start = datetime(2026, 8, 1, 2, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=2)))
    client.events(**{**ASK, "start": start, "end": datetime(2026, 8, 1, 0, 59, 59, 1, tzinfo=UTC)})

    sent = dict(pairs(sentry.calls[0].request))
    assert (sent["start"], sent["end"]) == ("2026-08-01T00:00:00", "2026-08-01T01:00:00")


def test_rows_have_exactly_the_asked_keys(client, sentry):
    row = {"id": "ab", "project.name": "web", "title": None}
    sentry.get(EVENTS, json={"data": [row, {"title": "t"}, {}], "meta": {"fields": {}}})

    page = client.events(**ASK)
    assert page.rows == ({"id": "ab", "title": None}, {"id": None, "title": "t"}, {"id": None, "title": None})
    assert list(page.rows[0]) == ["id", "title"]
    assert page.bytes > 20


@pytest.mark.parametrize(
    ("field", "value", "cell"),
    [
        ("count()", 5, 5),
        ("count()", "5", None),
        ("count()", True, None),
        ("count_if(level,equals,error)", 1.5, 1.5),
        ("timestamp", "soon", "soon"),
        ("max(timestamp)", 5, None),
        ("title", {"a": 1}, None),
        ("title", ["a"], None),
        ("title", 5, 5),
        ("error.type", ["A", {"x": 1}, None], ["A", None]),
        ("issue.id", "x", None),
        ("environment", None, None),
    ],
)
def test_a_cell_of_the_wrong_type_is_empty(client, sentry, field, value, cell):
    sentry.get(EVENTS, json={"data": [{field: value}]})

    assert client.events(**{**ASK, "fields": [field]}).rows == ({field: cell},)


def test_rows_that_are_no_objects_are_counted_and_left_out(client, sentry):
    sentry.get(EVENTS, json={"data": [1, None, {"id": "a"}, "x"], "meta": 5})

    page = client.events(**ASK)
    assert (len(page.rows), page.skipped) == (1, 3)


@pytest.mark.parametrize("body", [[], {}, {"data": None}, {"data": {}}, "x", None, 5])
def test_another_shape_altogether_is_a_protocol_error(client, sentry, body):
    sentry.get(EVENTS, json=body)

    with pytest.raises(SentryProtocolError):
        client.events(**ASK)


def test_a_login_page_is_no_answer(client, sentry):
    sentry.get(EVENTS, body="<html>Sign in</html>", content_type="text/html")

    with pytest.raises(SentryProtocolError) as caught:
        client.events(**ASK)
    assert "SENTRY_URL" in caught.value.hint


def test_the_cursors_come_from_the_link_header(client, sentry):
    entry = '<https://elsewhere.example/>; rel="{}"; results="true"; cursor="{}"'
    link = f"{entry.format('previous', '0:0:1')}, {entry.format('next', '0:200:0')}"
    sentry.get(EVENTS, json={"data": []}, headers={"Link": link})

    page = client.events(**ASK)
    assert (page.previous_cursor, page.next_cursor) == ("0:0:1", "0:200:0")


def test_the_rate_limit_is_read_where_there_is_one(client, sentry):
    names = {"Limit": "30", "Remaining": "29", "Reset": "1800000000", "ConcurrentLimit": "15"}
    headers = {f"X-Sentry-Rate-Limit-{name}": value for name, value in names.items()}
    headers["X-Sentry-Rate-Limit-ConcurrentRemaining"] = "None"
    sentry.get(EVENTS, json={"data": []}, headers=headers)

    assert client.events(**ASK).rate_limit == RateLimit(30, 29, 1_800_000_000, 15, None)


def test_a_server_without_limits_has_none(client, sentry):
    sentry.get(EVENTS, json={"data": []})

    assert client.events(**ASK).rate_limit is None


def test_a_token_that_sees_no_project_is_not_an_empty_answer(client, sentry):
    tip = "Need at least one valid project to query."
    sentry.get(EVENTS, json={"data": [], "meta": {"tips": {"query": tip}}})

    with pytest.raises(SentryNoProject) as caught:
        client.events(**ASK)
    assert caught.value.detail == tip


@pytest.mark.parametrize(
    "wrong",
    [
        {"per_page": 0},
        {"per_page": 101},
        {"per_page": -1},
        {"fields": []},
        {"fields": ["f"] * 21},
        {"cursor": ""},
        {"cursor": "0:-5:0"},
        {"cursor": "a b"},
        {"start": datetime(2026, 8, 1)},
        {"start": WINDOW["end"]},
        {"query": "x" * MAX_TARGET},
        {"query": "\ud800"},
    ],
)
def test_what_sentry_would_refuse_is_not_sent(client, sentry, wrong):
    with pytest.raises(ValueError):
        client.events(**{**ASK, **wrong})
    assert len(sentry.calls) == 0


def test_the_longest_question_is_sent(client, sentry):
    sentry.get(EVENTS, json={"data": []})
    client.events(**{**ASK, "query": ""})
    spare = MAX_TARGET - len(sentry.calls[0].request.path_url)
    client.events(**{**ASK, "query": "x" * spare})

    assert len(sentry.calls[1].request.path_url) == MAX_TARGET
    with pytest.raises(ValueError):
        client.events(**{**ASK, "query": "x" * (spare + 1)})


def test_an_old_server_is_asked_its_own_way_and_that_is_remembered(client, sentry):
    sentry.get(EVENTS, json=NO_ERRORS, status=400, match=[has("dataset", "errors")])
    sentry.get(EVENTS, json={"data": []}, match=[has("dataset", "discover")])
    assert client.dataset == "errors"

    client.events(**{**ASK, "query": "a OR b"})
    client.events(**{**ASK, "query": ""})

    assert client.dataset == "discover"
    sent = [dict(pairs(call.request)) for call in sentry.calls]
    assert [question["dataset"] for question in sent] == ["errors", "discover", "discover"]
    assert sent[1]["query"] == "(a OR b) !event.type:transaction"
    assert sent[2]["query"] == "!event.type:transaction"


def has(name: str, value: str):
    return query_param_matcher({name: value}, strict_match=False)


def test_another_refusal_does_not_change_the_dataset(client, sentry):
    sentry.get(EVENTS, json={"detail": "No columns selected"}, status=400)

    with pytest.raises(SentryRefused):
        client.events(**ASK)
    assert client.dataset == "errors"
    assert len(sentry.calls) == 1


def test_a_rate_limit_of_a_bare_string_is_understood(client, sentry):
    sentry.get(EVENTS, body='"You are attempting"', status=429, content_type="text/html")

    with pytest.raises(SentryRateLimited):
        client.events(**ASK)


def test_a_slug_is_resolved_once_for_all_questions(config, sentry):
    client = SentryClient(dataclasses.replace(config, projects=("web", "7")))
    lookup = sentry.get(f"{BASE}/projects/acme/web/", json={"id": "42", "slug": "web", "name": "Web"})
    sentry.get(EVENTS, json={"data": []}, match=[has("project", ["42", "7"])])
    client.events(**ASK)
    client.events(**ASK)

    assert lookup.call_count == 1


def test_the_configured_number_is_used_as_it_is(client, sentry):
    sentry.get(EVENTS, json={"data": []}, match=[has("project", "42")])
    client.events(**ASK)

    assert len(sentry.calls) == 1
