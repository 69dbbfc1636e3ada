"""Who else: the other calls that a Sentry issue hit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.calls.test_call_list import text
from tests.factories import make_call


def moment(**length):
    return timezone.now() - timedelta(**length)


@pytest.fixture
def hit(sandbox, db):
    """Three calls of one issue in two releases, one of another, and an id of the issue without a call."""
    calls = [make_call(started_at=moment(hours=hours), agent_name="Night desk") for hours in (1, 2, 50)]
    for call, release in zip(calls, ("voice@2", "voice@2", "voice@1"), strict=True):
        broken(sandbox, call.platform_call_id, call.started_at, "KeyError", release)
    broken(sandbox, "stranger", moment(hours=3), "KeyError", "voice@1")
    other = make_call(started_at=moment(hours=4))
    broken(sandbox, other.platform_call_id, other.started_at, "ValueError", "voice@2")
    return [*calls, other]


def broken(sandbox, correlation_id, at, kind, release):
    values = [
        {"type": kind, "value": "x", "stacktrace": {"frames": [{"filename": f"{kind}.py", "function": "f"}]}}
    ]
    for _twice in range(2):
        sandbox.add_event(
            correlation_id=correlation_id, timestamp=at, exception={"values": values}, release=release
        )


def issue_of(sandbox, kind):
    (number,) = {event.group_id for event in sandbox.store.between(0, 2**53) if event.title.startswith(kind)}
    return str(number)


def listed(client, sandbox, **asked):
    asked = {"issue": issue_of(sandbox, "KeyError"), "now": "1", **asked}
    return client.get("/calls/", asked)


def ids_on(page, calls):
    return [call for call in calls if call.platform_call_id in page.content.decode()]


def test_the_table_shows_the_calls_of_an_issue(hit, support_client, sandbox):
    page = listed(support_client, sandbox)

    assert ids_on(page, hit) == hit[:3]
    words = text(page)
    assert f"4 calls hit by Sentry issue {issue_of(sandbox, 'KeyError')} in the last 90 days" in words
    assert "Releases voice@1 2 voice@2 2" in words
    assert "Agents Night desk 2.3.1 3" in words and "Environments production 3" in words


def test_the_time_range_narrows_it(hit, support_client, sandbox):
    page = listed(support_client, sandbox, range="24h")
    assert ids_on(page, hit) == hit[:2]
    assert "3 calls hit by Sentry issue" in text(page)


def test_other_filters_narrow_it_too(hit, support_client, sandbox):
    page = listed(support_client, sandbox, q=hit[1].platform_call_id)
    assert ids_on(page, hit) == [hit[1]]
    assert ids_on(listed(support_client, sandbox, outcome="failed"), hit) == []
    assert ids_on(listed(support_client, sandbox, errors="1"), hit) == hit[:3]


def test_it_loads_by_itself_and_says_what_it_asks(hit, support_client, sandbox):
    page = support_client.get("/calls/", {"issue": "1"})
    assert "Asking Sentry which calls this issue hit…" in text(page)
    fragment = support_client.get(
        "/calls/", {"issue": "1"}, headers={"HX-Request": "true", "HX-Target": "table"}
    )
    assert "hit by Sentry issue 1" in text(fragment)


def test_the_list_can_be_exported(hit, lead_client, sandbox):
    page = listed(lead_client, sandbox)
    assert f"issue={issue_of(sandbox, 'KeyError')}" in page.content.decode()
    file = lead_client.get("/calls/export/", {"issue": issue_of(sandbox, "KeyError"), "format": "csv"})
    rows = b"".join(file.streaming_content).decode().splitlines()
    assert len(rows) == 1 + 3 and hit[3].platform_call_id not in "".join(rows)


def test_programs_can_ask_too(hit, support_client, sandbox):
    answer = support_client.get("/api/calls", {"issue": issue_of(sandbox, "KeyError")}).json()
    assert [call["platformCallId"] for call in answer["calls"]] == [call.platform_call_id for call in hit[:3]]


@pytest.mark.parametrize("wrong", ["0", "-1", "abc", "1 OR id:x", "٣", "9" * 20])
def test_what_is_no_issue_is_refused(support_client, sandbox, wrong):
    page = support_client.get("/calls/", {"issue": wrong})
    assert page.status_code == 400
    assert sandbox.requests == []


def test_an_issue_that_hit_nobody_says_so(support_client, sandbox):
    assert "No call matches" in text(support_client.get("/calls/", {"issue": "77", "now": "1"}))


def test_without_sentry_nothing_is_claimed(hit, support_client, sandbox):
    sandbox.faults.set("status", status=403)
    assert "We cannot say which calls this issue hit." in text(listed(support_client, sandbox))


def test_an_event_leads_there(hit, support_client, sandbox):
    call = hit[0]
    panel = support_client.get(
        "/logs/call/", {"id": call.platform_call_id, "started": call.started_at.isoformat(), "try": "1"}
    ).content.decode()
    assert f'/calls/?issue={issue_of(sandbox, "KeyError")}&amp;range=7d">Who else?</a>' in panel


def test_the_page_stays_within_its_queries(hit, support_client, sandbox, django_assert_max_num_queries):
    listed(support_client, sandbox)
    with django_assert_max_num_queries(6):
        listed(support_client, sandbox)
