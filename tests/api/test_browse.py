from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

URL = "/api/sentry/browse"
NOW = datetime.now(UTC).replace(microsecond=0)


def get(client, **parameters):
    return client.get(URL, query_params=parameters)


def test_it_groups_by_id_with_counts_per_level_and_environment(support_client, sandbox):
    sandbox.add_event(
        correlation_id="a", level="error", environment="production", timestamp=NOW - timedelta(hours=2)
    )
    sandbox.add_event(
        correlation_id="a", level="info", environment="staging", timestamp=NOW - timedelta(hours=1)
    )
    sandbox.add_event(correlation_id="b", level="warning", environment="production", timestamp=NOW)
    sandbox.add_event(correlation_id=None, level="error", environment="production", timestamp=NOW)

    body = get(support_client).json()

    assert set(body) == {"groups", "environments", "hasMore", "nextCursor", "meta"}
    second, first = body["groups"]
    assert first == {
        "correlationId": "a",
        "count": 2,
        "levels": {"error": 1, "info": 1},
        "maxLevel": "error",
        "firstSeen": (NOW - timedelta(hours=2)).isoformat().replace("+00:00", "Z"),
        "lastSeen": (NOW - timedelta(hours=1)).isoformat().replace("+00:00", "Z"),
        "environments": {"production": 1, "staging": 1},
    }
    assert second["correlationId"] == "b"
    assert body["environments"] == {"production": 2, "staging": 1}
    assert body["meta"]["untagged"] == 1


def test_all_groups_can_be_walked(support_client, sandbox):
    for number in range(230):
        sandbox.add_event(correlation_id=f"call-{number}", timestamp=NOW - timedelta(seconds=number // 4))
    seen, parameters = [], {}
    while True:
        body = get(support_client, **parameters).json()
        seen += [group["correlationId"] for group in body["groups"]]
        if not body["hasMore"]:
            break
        parameters = {"cursor": body["nextCursor"]}

    assert (len(seen), len(set(seen))) == (230, 230)


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"level": "error"}, {"a"}),
        ({"level": ["error", "info"]}, {"a", "b"}),
        ({"environment": "staging"}, {"b"}),
        ({"search": "needle"}, {"a"}),
        ({"search": "tool:calendar"}, {"b"}),
        ({"search": "needle OR tool:calendar"}, {"a", "b"}),
        ({"search": "!tool:calendar"}, {"a"}),
        ({"eventType": "error"}, {"a"}),
        ({"statsPeriod": "24h"}, {"a", "b"}),
    ],
)
def test_filters(support_client, sandbox, parameters, found):
    sandbox.add_event(correlation_id="a", level="error", title="KeyError: 'needle'", timestamp=NOW)
    sandbox.add_event(
        correlation_id="b", level="info", environment="staging", timestamp=NOW, tags={"tool": "calendar"}
    )

    body = get(support_client, **parameters).json()

    assert {group["correlationId"] for group in body["groups"]} == found


def test_a_wrong_search_is_answered_with_sentrys_own_words(support_client, sandbox):
    response = get(support_client, search="is:unresolved")

    assert response.status_code == 400
    assert response.json()["error"]["parameter"] == "search"
    assert "is:" in response.json()["error"]["message"]


@pytest.mark.parametrize("search", ["a) OR (level:error", '"open', "(", ")", 'x") OR ("', "a\0b"])
def test_no_search_text_reaches_beyond_the_other_filters(support_client, sandbox, search):
    sandbox.add_event(correlation_id="a", level="error", environment="production", timestamp=NOW)

    response = get(support_client, search=search, environment="staging")

    assert response.status_code == 400 or response.json()["groups"] == []
