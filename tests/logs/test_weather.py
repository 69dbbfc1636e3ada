from __future__ import annotations

import re
import threading
import time
from contextlib import suppress

import pytest
import time_machine

from sentry_logs.periods import PERIODS
from sentry_logs.services import LogsUnavailable, events_for_call
from sentry_logs.views.outcome import attempt_of
from tests.logs.pages import HTMX, ago, browse, link_to, panel, text_of, titles

OLD = r"Showing data from \d\d:\d\d:\d\d \.(?! A newer answer)"
FAULTS = [
    ("status", {"status": 401}),
    ("status", {"status": 403}),
    ("html", {"status": 502}),
    ("truncated_json", {}),
    ("rate_limited", {"seconds": 60}),
]


@pytest.mark.parametrize(("kind", "options"), FAULTS)
@pytest.mark.parametrize("ask", [panel, browse], ids=["panel", "browse"])
def test_a_failure_is_a_notice_with_a_way_to_try_again(support_client, sandbox, ask, kind, options):
    sandbox.faults.set(kind, **options)
    response = ask(support_client)
    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    assert "Calls and their facts come from our own database and are not affected." in text_of(response)
    assert link_to(response, "Try again", "hx-get").startswith("/logs/")


@pytest.mark.parametrize("url", ["/logs/group/?id=call_1", "/logs/untagged/", "/logs/?now=1"])
def test_pages_without_javascript_survive_it_too(support_client, sandbox, url):
    sandbox.faults.set("status", status=403)
    response = support_client.get(url)
    assert response.status_code == 200
    assert "Try again" in text_of(response)


def test_the_hint_is_for_administrators_only(support_client, admin_client, sandbox):
    sandbox.faults.set("status", status=401)
    assert "For administrators:" in text_of(panel(admin_client))
    assert "For administrators:" not in text_of(panel(support_client))


def test_an_older_answer_is_shown_with_its_time(support_client, sandbox):
    sandbox.add_event(correlation_id="call_1", message="known", timestamp=ago(minutes=50))
    started = ago(hours=1)
    panel(support_client, started=started)
    sandbox.faults.set("status", status=403, held=True)
    with time_machine.travel(time.time() + 120, tick=True):
        first = panel(support_client, started=started, **{"try": ""})
        sandbox.faults.release()
        later = look_until(lambda: panel(support_client, started=started), OLD)
    assert titles(first) == titles(later) == ["known"]
    assert "A newer answer is on its way." in text_of(first) and delay_of(first) < 3000
    assert link_to(later, "Try again", "hx-get")


@pytest.fixture
def somebody_asking(sandbox):
    """Somebody else's same question hangs at Sentry while the test runs."""
    sandbox.faults.set("hang")

    def ask():
        with suppress(LogsUnavailable):
            events_for_call("call_1", backend="discover", environment="all", period=PERIODS["30d"])

    thread = threading.Thread(target=ask)
    thread.start()
    deadline = time.monotonic() + 5
    while not sandbox.requests and time.monotonic() < deadline:
        time.sleep(0.01)
    yield
    sandbox.faults.clear()
    thread.join(10)


def look_until(look, words):
    deadline = time.monotonic() + 5
    while not re.search(words, text_of(response := look())):
        assert time.monotonic() < deadline, "it never said so"
    return response


def delay_of(response):
    return int(re.search(r"load delay:(\d+)ms", response.content.decode()).group(1))


def poll_of(response):
    return (
        re.search(r'<div id="panel" hx-get="([^"]*)"', response.content.decode())
        .group(1)
        .replace("&amp;", "&")
    )


def test_while_somebody_asks_a_fragment_looks_again_ever_later(support_client, somebody_asking):
    response = panel(support_client)
    assert "Asking Sentry for this call…" in text_of(response)
    delays = [delay_of(response)]
    for _look in range(4):
        response = support_client.get(poll_of(response), headers=HTMX)
        delays.append(delay_of(response))
    expected = (4000, 8000, 15000, 15000, 15000)
    assert all(0.79 * at <= delay <= 1.21 * at for delay, at in zip(delays, expected, strict=True))


def test_it_does_not_look_for_ever(support_client, somebody_asking):
    response = panel(support_client, **{"try": "8"})
    assert "Sentry has not answered yet." in text_of(response)
    assert "load delay" not in response.content.decode()


def test_a_waiting_fragment_keeps_its_toolbar(support_client, somebody_asking):
    assert 'id="logs-toolbar"' in panel(support_client).content.decode()


@pytest.mark.parametrize(("text", "attempt"), [("", 0), ("3", 3), ("-1", 0), ("٣", 0), ("999", 0), ("x", 0)])
def test_only_a_small_number_counts_as_an_attempt(text, attempt):
    assert attempt_of(text) == attempt
