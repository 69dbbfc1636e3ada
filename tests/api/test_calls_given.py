"""GET /api/calls and one call of it, through the door."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.calls.models import CallDetail
from dashboard.keys.models import ApiKey
from tests.factories import NOON, make_call

URL = "/api/calls"


def reader(environment: str = "") -> dict[str, str]:
    name = f"reader {ApiKey.objects.count()}"
    return {"Authorization": f"Bearer {ApiKey.create(name, 'read', environment)[1]}"}


@pytest.fixture
def get(db):
    headers = reader()

    def get(path: str = "", **parameters):
        return Client().get(URL + path, parameters, headers=headers)

    return get


def ids(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [call["platformCallId"] for call in answer.json()["calls"]]


def test_the_filters_are_those_of_the_table(get):
    make_call(platform_call_id="a", outcome="failed", started_at=timezone.now() - timedelta(days=2))
    make_call(platform_call_id="b", environment="staging", started_at=timezone.now() - timedelta(hours=2))
    make_call(platform_call_id="c", from_number="+442079461234", started_at=timezone.now())

    assert ids(get()) == ["c", "b", "a"]
    assert ids(get(outcome="failed")) == ["a"]
    assert ids(get(range="24h")) == ["c", "b"]
    assert ids(get(environment="staging")) == ["b"]
    assert ids(get(environment="all", q="1234")) == ["c"]
    assert ids(get(limit=1)) == ["c"]
    assert ids(get(q="nobody")) == []


@pytest.mark.parametrize(
    ("parameters", "parameter"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 201}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"range": "91d"}, "range"),
        ({"outcome": "fine"}, "outcome"),
        ({"errors": "yes"}, "errors"),
        ({"errors_only": "1"}, "errors_only"),
        ({"environment": "prod"}, "environment"),
        ({"cursor": "older.1"}, "cursor"),
        ({"cursor": "older.99999999999999999." + "f" * 32}, "cursor"),
        ({"q": "a\x00b"}, "q"),
        ({"q": "x" * 5_000}, "q"),
        ({"page": "2"}, "page"),
        ({"range": ["7d", "30d"]}, "range"),
    ],
)
def test_a_wrong_parameter_is_named(get, parameters, parameter):
    answer = get(**parameters)

    assert answer.status_code in (200, 400)
    if parameters != {"cursor": "older.99999999999999999." + "f" * 32}:
        assert (answer.status_code, answer.json()["error"]["parameter"]) == (400, parameter)


def test_a_walk_is_exact_while_calls_arrive(get):
    # Equal times and different ids: the place in the list must not rest on the time alone.
    wanted = {
        make_call(started_at=NOON - timedelta(seconds=number // 3)).platform_call_id for number in range(40)
    }
    walked: list[str] = []
    cursor = None
    while True:
        answer = get(limit=7, **({"cursor": cursor} if cursor else {}))
        walked += ids(answer)
        make_call(started_at=NOON + timedelta(minutes=len(walked)))
        cursor = answer.json()["nextCursor"]
        assert (cursor is not None) is answer.json()["hasMore"]
        if cursor is None:
            break

    assert len(walked) == 40 and set(walked) == wanted


def test_a_page_takes_a_few_queries(get):
    for _ in range(30):
        make_call()
    get()  # The first use of a key is noted, and then once a minute.
    with CaptureQueriesContext(connection) as queries:
        get(limit=30)

    assert len(queries) <= 3


def test_only_with_errors_says_how_far_to_trust_it(get, sandbox):
    good, bad = make_call(started_at=timezone.now()), make_call(started_at=timezone.now())
    sandbox.add_event(correlation_id=bad.platform_call_id, level="error", timestamp=timezone.now())

    answer = get(errors=1)

    assert ids(answer) == [bad.platform_call_id]
    assert answer.json()["meta"]["complete"] is True
    assert good.platform_call_id not in str(answer.json())
    call_command("sentry_sync")
    assert ids(get(errors=1)) == [bad.platform_call_id]


def test_sentry_out_of_reach_is_no_empty_list(get, sandbox):
    make_call()
    sandbox.stop()

    answer = get(errors=1)

    assert answer.status_code == 502 and answer.json()["error"]["code"] == "unreachable"
    assert ids(get()) != []


IDS = [
    "a/b",
    "a//b/",
    "é+ü 1",
    "100%",
    "a?b=1&c#d",
    "..x",
    "sip:alice@example.com;tag=1",
    "\U0001f4de",
    "a%2Fb",
]


@pytest.mark.parametrize("name", IDS)
def test_an_id_may_hold_anything(get, name):
    make_call(platform_call_id=name, platform="other")

    answer = get(f"/other/{quote(name, safe='')}")

    assert (answer.status_code, answer.json()["platformCallId"]) == (200, name)


@pytest.mark.parametrize(
    "path", ["/other/none", "/nobody/a", "/other/a%00b", "/other/%ff", f"/other/{'x' * 9000}"]
)
def test_a_call_that_is_not_there_is_a_404(get, path):
    make_call(platform_call_id="a", platform="other")

    assert get(path).status_code == 404


def test_the_newest_of_several_environments_is_given_unless_one_is_named(get):
    make_call(platform_call_id="a", platform="vapi", environment="production", started_at=NOON)
    make_call(platform_call_id="a", platform="vapi", environment="staging", started_at=NOON + timedelta(1))

    assert get("/vapi/a").json()["environment"] == "staging"
    assert get("/vapi/a", environment="production").json()["environment"] == "production"
    assert get("/vapi/a", environment="all").json()["environment"] == "staging"
    assert get("/vapi/a", environment="prod").status_code == 400
    assert get("/vapi/a", environment="a\x00").status_code == 400
    assert get("/retell/a").status_code == 404
    assert get("/vapi/a", verbose=1).status_code == 400


def test_a_call_without_details_is_complete_too(get):
    call = make_call(platform_call_id="a", platform="other")
    assert not CallDetail.objects.filter(call=call).exists()

    told = get("/other/a").json()

    assert (told["transcript"], told["aliases"], told["cost"], told["summary"]) == ([], [], None, None)


def test_a_key_for_an_environment_sees_that_one_only(db):
    make_call(platform_call_id="p", platform="other", environment="production")
    make_call(platform_call_id="s", platform="other", environment="staging")
    headers = reader("staging")
    get = Client(headers=headers).get

    assert ids(get(URL)) == ["s"]
    assert ids(get(URL, {"environment": ""})) == ["s"]
    assert [get(f"{URL}/other/{name}").status_code for name in "ps"] == [404, 200]
    for asked in ("production", "all"):
        assert get(URL, {"environment": asked}).status_code == 403
        assert get(f"{URL}/other/p", {"environment": asked}).status_code == 403
        assert get("/api/sentry/browse", {"environment": asked}).status_code == 403
    assert get(f"{URL}?environment=staging&environment=production").status_code == 403


def test_sentry_is_asked_about_the_environment_of_the_key(db, sandbox):
    answer = Client(headers=reader("staging")).get("/api/sentry/error-check")

    assert answer.json()["meta"]["asked"]["environment"] == "staging"


def test_who_may_read(support_client, db):
    make_call(platform_call_id="a", platform="other")

    for path in (URL, f"{URL}/other/a"):
        assert Client().get(path).status_code == 401
        assert support_client.get(path).status_code == 200
        assert support_client.head(path).status_code == 200
    for method in ("put", "patch", "delete"):
        assert getattr(support_client, method)(URL).status_code == 405
        assert getattr(support_client, method)(f"{URL}/other/a").status_code == 405
    assert Client().generic("TRACE", URL).status_code in (401, 405)
    assert support_client.post(f"{URL}/other/a").status_code == 405


def test_numbers_are_given_masked(get):
    make_call(from_number="+442079461234")

    assert get().json()["calls"][0]["fromNumber"] == "+44 ••• 34"
    assert "79461234" not in json.dumps(get().json())
