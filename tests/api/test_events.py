from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

URL = "/api/sentry/events"
NOW = datetime.now(UTC).replace(microsecond=0)


def get(client, **parameters):
    return client.get(URL, query_params=parameters)


def test_it_answers_in_the_promised_shape(support_client, sandbox):
    event = sandbox.add_event(
        correlation_id="call-1",
        title="Broken",
        level="error",
        timestamp=NOW,
        transaction="turn",
        environment="staging",
    )

    body = get(support_client, correlationId="call-1").json()

    assert set(body) == {"events", "hasMore", "nextCursor", "meta"}
    (found,) = body["events"]
    assert set(found) == {
        "id", "title", "message", "level", "timestamp", "transaction", "environment", "source", "project",
        "issueId", "permalink",
    }  # fmt: skip
    assert (found["id"], found["timestamp"]) == (event, NOW.isoformat().replace("+00:00", "Z"))
    assert (body["hasMore"], body["nextCursor"]) == (False, None)
    assert set(body["meta"]) >= {"asked", "asOf", "stale", "complete", "sources"}


def test_the_default_period_is_30_days(support_client, sandbox):
    for days in (29, 31):
        sandbox.add_event(correlation_id="call-1", timestamp=NOW - timedelta(days=days))

    assert len(get(support_client, correlationId="call-1").json()["events"]) == 1
    assert len(get(support_client, correlationId="call-1", statsPeriod="90d").json()["events"]) == 2


def test_pages_have_neither_gaps_nor_repeats_while_events_arrive(support_client, sandbox):
    ids = [
        sandbox.add_event(correlation_id="a", timestamp=NOW - timedelta(minutes=1, seconds=n // 3))
        for n in range(95)
    ]
    seen, cursor = [], None
    while True:
        body = get(
            support_client, correlationId="a", limit=10, **({"cursor": cursor} if cursor else {})
        ).json()
        seen += [event["id"] for event in body["events"]]
        cursor = body["nextCursor"]
        if not body["hasMore"]:
            break
        sandbox.add_event(correlation_id="a", timestamp=NOW - timedelta(seconds=1))

    assert sorted(seen) == sorted(ids)


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({}, "correlationId"),
        ({"correlationId": ""}, "correlationId"),
        ({"correlationId": "   "}, "correlationId"),
        ({"correlationId": "a\\b"}, "correlationId"),
        ({"correlationId": "a\nb"}, "correlationId"),
        ({"correlationId": "a\0b"}, "correlationId"),
        ({"correlationId": "x" * 300}, "correlationId"),
        ({"correlationId": ["a", "b"]}, "correlationId"),
        ({"correlationId": "a", "statsPeriod": "91d"}, "statsPeriod"),
        ({"correlationId": "a", "statsPeriod": "14d"}, "statsPeriod"),
        ({"correlationId": "a", "environment": "prod"}, "environment"),
        ({"correlationId": "a", "level": "critical"}, "level"),
        ({"correlationId": "a", "limit": "101"}, "limit"),
        ({"correlationId": "a", "limit": "0"}, "limit"),
        ({"correlationId": "a", "limit": "ten"}, "limit"),
        ({"correlationId": "a", "cursor": "0:100:0"}, "cursor"),
        ({"correlationId": "a", "statPeriod": "7d"}, "statPeriod"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name_and_sentry_is_not_asked(
    support_client, sandbox, parameters, named
):
    response = support_client.get(URL, query_params=parameters)

    assert response.status_code == 400
    error = response.json()["error"]
    assert (error["parameter"], error["status"]) == (named, 400)
    assert error["message"]
    assert sandbox.requests == []


def test_a_cursor_of_another_question_is_refused(support_client, sandbox):
    for _number in range(3):
        sandbox.add_event(correlation_id="a", timestamp=NOW)
    cursor = get(support_client, correlationId="a", limit=2).json()["nextCursor"]

    assert get(support_client, correlationId="a", limit=2, cursor=cursor).status_code == 200
    assert get(support_client, correlationId="b", limit=2, cursor=cursor).status_code == 400


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"kind": "status", "status": 401, "body": {"detail": "Invalid token"}}, 502, "unauthorized"),
        ({"kind": "status", "status": 403, "body": {"detail": "No"}}, 502, "forbidden"),
        ({"kind": "html", "status": 502}, 502, "server_error"),
        ({"kind": "html", "status": 200}, 502, "protocol"),
        ({"kind": "close"}, 502, "unreachable"),
        ({"kind": "hang"}, 504, "timeout"),
    ],
)
def test_bad_weather_has_the_one_error_shape(support_client, sandbox, settings, fault, status, code):
    settings.SENTRY_TIMEOUT = 0.5
    sandbox.faults.set(**fault)

    response = get(support_client, correlationId="a")

    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert sandbox.token not in response.content.decode()


def test_over_the_limit_it_says_when_to_come_back(support_client, sandbox):
    sandbox.faults.set("rate_limited", seconds=30)

    response = get(support_client, correlationId="a")

    assert (response.status_code, response.json()["error"]["code"]) == (503, "rate_limited")
    assert 1 <= int(response["Retry-After"]) <= 31


def test_log_lines_come_with_the_events_and_say_what_they_are(support_client, sandbox):
    sandbox.add_event(correlation_id="a", title="event", timestamp=NOW - timedelta(minutes=2))
    line = sandbox.add_log(
        correlation_id="a", message="line", level="warn", timestamp=NOW.replace(microsecond=398_000)
    )

    body = get(support_client, correlationId="a").json()

    assert [(event["source"], event["title"]) for event in body["events"]] == [
        ("logs", "line"),
        ("errors", "event"),
    ]
    found = body["events"][0]
    assert (found["id"], found["level"], found["issueId"]) == (line, "warning", None)
    assert found["timestamp"].startswith(NOW.strftime("%Y-%m-%dT%H:%M:%S.398"))
    assert [(source["dataset"], source["state"]) for source in body["meta"]["sources"]] == [
        ("errors", "ok"),
        ("logs", "ok"),
    ]


@pytest.mark.parametrize("source", ["errors", "logs"])
def test_one_source_can_be_asked_for(support_client, sandbox, source):
    sandbox.add_event(correlation_id="a")
    sandbox.add_log(correlation_id="a")

    body = get(support_client, correlationId="a", source=source).json()

    assert [event["source"] for event in body["events"]] == [source]
    assert body["meta"]["asked"]["datasets"] == [source]


def test_a_source_that_fails_leaves_an_incomplete_answer(support_client, sandbox):
    event = sandbox.add_event(correlation_id="a")
    sandbox.faults.set("status", status=403, path="dataset=logs")

    body = get(support_client, correlationId="a").json()

    assert ([found["id"] for found in body["events"]], body["meta"]["complete"]) == ([event], False)
    assert body["meta"]["sources"][1]["state"] == "failed"
    assert body["meta"]["sources"][1]["reason"]
