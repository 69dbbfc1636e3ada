from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.utils import timezone

from sentry_logs.services import StillAsking
from sentry_logs.services import marks as marks_service
from tests.factories import make_call

URL = "/calls/marks/"


@pytest.fixture
def call(sandbox, db):
    """A call that ended a moment ago, in a sandbox that knows both environments."""
    sandbox.add_event(correlation_id="other", level="info")
    sandbox.add_event(correlation_id="other", level="info", environment="staging")
    return make_call(started_at=timezone.now() - timedelta(minutes=5))


def ask(client, *calls, **more):
    return client.get(URL, {"ids": ",".join(str(call.pk) for call in calls), **more})


def cell(response, call, kind: str) -> str:
    """Return the words for one cell of a call's row: its mark (m) or its last error (e)."""
    html = response.content.decode()
    found = re.search(
        rf'<span hx-swap-oob="innerHTML:#{kind}-{call.pk}">(.*?)</span>\s*(?=<span hx-swap|$)', html, re.S
    )
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[1])).split())


def test_a_call_with_errors_says_how_many_and_the_last(support_client, sandbox, call):
    now = timezone.now()
    for level, title in (("error", "First: one"), ("fatal", "Worst: two")):
        sandbox.add_event(correlation_id=call.platform_call_id, level=level, title=title, timestamp=now)
    response = ask(support_client, call)
    assert cell(response, call, "m") == "1 fatal, 1 error"
    assert cell(response, call, "e") in ("First: one", "Worst: two")
    assert 'data-level="fatal"' in response.content.decode()


def test_a_call_without_errors_is_clean(support_client, call):
    response = ask(support_client, call)
    assert cell(response, call, "m") == "None"
    assert cell(response, call, "e") == ""
    assert "Errors as of" in response.content.decode()


def test_a_running_call_is_not_clean_yet(support_client, call):
    assert cell(ask(support_client, running := make_call(running=True)), running, "m") == "Not yet"


def test_a_running_call_shows_errors_that_are_known(support_client, sandbox, call):
    running = make_call(running=True, started_at=timezone.now())
    sandbox.add_event(correlation_id=running.platform_call_id)
    assert cell(ask(support_client, running), running, "m") == "1 error"


def test_hostile_titles_are_shown_and_not_run(support_client, sandbox, call):
    sandbox.add_event(correlation_id=call.platform_call_id, title='X: "><script>alert(1)</script>')
    response = ask(support_client, call)
    assert "<script" not in response.content.decode()
    assert "<script>alert(1)</script>" in unescape(response.content.decode())


def test_a_whole_page_costs_one_request_to_sentry_and_none_again(support_client, sandbox, call):
    calls = [call, *(make_call(started_at=call.started_at) for _number in range(49))]
    ask(support_client, call)  # which server this is, and the project's number
    sandbox.clear_requests()
    ask(support_client, *calls)
    asked = len(sandbox.requests)
    ask(support_client, *calls)
    assert asked == len(sandbox.requests) == 1


def test_the_switcher_decides_where_errors_are_looked_for(support_client, sandbox, call):
    sandbox.add_event(correlation_id=call.platform_call_id, environment="staging")
    assert cell(ask(support_client, call, environment="production"), call, "m") == "None"
    assert cell(ask(support_client, call, environment="all"), call, "m") == "1 error"


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("environment", ["production", "staging", "prod", None])
def test_with_all_chosen_calls_of_one_id_share_the_errors_of_every_environment(
    support_client, sandbox, call, environment, kept
):
    name, now = call.platform_call_id, timezone.now()
    twin = make_call(platform_call_id=name, environment="staging", started_at=call.started_at)
    sandbox.add_event(correlation_id=name, title="Of one", environment=environment, timestamp=now)
    if kept:
        call_command("sentry_sync")

    response = ask(support_client, call, twin, environment="all")

    for one in (call, twin):
        assert (cell(response, one, "m"), cell(response, one, "e")) == ("1 error", "Of one")


def test_the_check_of_a_newer_call_says_nothing_of_an_older_one_of_its_id(support_client, sandbox, call):
    began = call.started_at - timedelta(hours=2)
    older = make_call(platform_call_id=call.platform_call_id, environment="staging", started_at=began)
    sandbox.add_event(correlation_id=older.platform_call_id, environment="staging", timestamp=began)
    assert cell(ask(support_client, call, environment="all"), call, "m") == "None"
    assert cell(ask(support_client, older, environment="all"), older, "m") == "1 error"


def test_calls_of_other_environments_and_unknown_ids_get_no_mark(support_client, call):
    elsewhere = make_call(environment="staging", started_at=call.started_at)
    ids = f"{elsewhere.pk},{uuid4()},{call.pk}"
    html = support_client.get(URL, {"ids": ids, "environment": "production"}).content.decode()
    assert html.count("hx-swap-oob") == 2


def test_when_sentry_fails_the_marks_say_so(support_client, sandbox, call, settings):
    settings.SENTRY_URL = "http://127.0.0.1:9"
    response = ask(support_client, call)
    assert response.status_code == 200
    assert cell(response, call, "m").startswith("Check failed")
    assert "Errors as of" not in response.content.decode()
    assert 'hx-trigger="every 60s"' in response.content.decode()


def test_hints_are_for_administrators_only(support_client, admin_client, sandbox, call):
    sandbox.tokens[sandbox.token].clear()
    hint = "project:read"
    assert hint not in ask(support_client, call).content.decode()
    assert hint in ask(admin_client, call).content.decode()


@pytest.mark.parametrize(
    ("tries", "trigger"), [("", 2), ("1", 4), ("2", 8), ("3", 15), ("4", None), ("x", 2)]
)
def test_it_asks_again_while_another_one_is_asking(support_client, call, monkeypatch, tries, trigger):
    def busy(*args, **kwargs):
        raise StillAsking

    monkeypatch.setattr(marks_service, "ask", busy)
    html = ask(support_client, call, **({"try": tries} if tries else {})).content.decode()
    expected = f"load delay:{trigger}s, every 60s" if trigger else "every 60s"
    assert f'hx-trigger="{expected}"' in html
    assert "checking 1 call" in html


@pytest.mark.parametrize("ids", ["", "x", "1,2", ",", ",".join([str(uuid4())] * 101)])
def test_anything_but_ids_of_calls_is_refused(support_client, ids):
    assert support_client.get(URL, {"ids": ids}).status_code == 400


def test_marks_are_never_kept_by_a_browser(support_client, call):
    assert "no-store" in ask(support_client, call)["Cache-Control"]


def test_without_scripts_the_page_itself_shows_the_marks(support_client, sandbox, call):
    sandbox.add_event(correlation_id=call.platform_call_id, title="SpeechError: silence")
    page = support_client.get("/calls/", {"marks": 1}).content.decode()
    assert "1 error" in page and "SpeechError: silence" in page
    assert 'hx-trigger="every 60s"' in page
