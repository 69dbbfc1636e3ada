"""Events and log lines on the Logs panel: which is which, and what each source had to say."""

from __future__ import annotations

import re
import time

import pytest
import time_machine

from sentry_logs.management.pointing import point_at
from sentry_logs.sandbox import start_sandbox
from tests.factories import make_call
from tests.logs.pages import CALL_PAGE, HTMX, ago, link_to, panel, parameters_of, text_of, titles


def fill(sandbox):
    sandbox.add_event(correlation_id="call_1", message="an event", timestamp=ago(minutes=50))
    for number, level in ((1, "warn"), (2, "info")):
        sandbox.add_log(
            correlation_id="call_1",
            message=f"line {number}",
            level=level,
            timestamp=ago(minutes=50 - number).replace(microsecond=398_000),
            attributes={"logger.name": "agent.speech"},
        )


def rows(response):
    return re.findall(r'<span class="source">(\w+)</span>', response.content.decode())


def test_every_row_says_which_source_it_is_from(support_client, sandbox):
    fill(sandbox)
    response = panel(support_client)
    assert titles(response) == ["line 2", "line 1", "an event"]
    assert rows(response) == ["logs", "logs", "errors"]
    assert "3 events, newest first, complete Errors 1 · Logs 2" in text_of(response)


def test_a_line_shows_milliseconds_its_level_in_our_words_and_its_logger(support_client, sandbox):
    fill(sandbox)
    words = text_of(panel(support_client, started=ago(minutes=60)))
    assert "+11:00.398" in words
    assert "Warning" in words and "Warn " not in words
    assert "agent.speech" in words
    assert "Copy log id" in words and "Copy event id" in words


def test_a_line_before_the_call_is_before_it(support_client, sandbox):
    fill(sandbox)
    assert "−8:59.602" in text_of(panel(support_client, started=ago(minutes=40)))


@pytest.mark.parametrize(("source", "expected"), [("errors", ["an event"]), ("logs", ["line 2", "line 1"])])
def test_one_source_can_be_chosen(support_client, sandbox, source, expected):
    fill(sandbox)
    response = panel(support_client, source=source)
    assert titles(response) == expected
    assert re.search(
        rf'<input type="radio" name="source" value="{source}"[^>]* checked', response.content.decode()
    )


def test_the_chosen_source_is_part_of_the_address(support_client, sandbox):
    headers = {**HTMX, "HX-Trigger": "logs-toolbar"}
    pushed = panel(support_client, headers=headers, page=CALL_PAGE, source="logs")["HX-Push-Url"]
    assert parameters_of(pushed)["source"] == ["logs"]


def test_an_unknown_source_is_refused(support_client, sandbox):
    assert "(source)" in text_of(panel(support_client, source="metrics"))
    assert sandbox.requests == []


def test_levels_filter_both_and_count_both(support_client, sandbox):
    fill(sandbox)
    response = panel(support_client, level=["warning", "error"])
    assert titles(response) == ["line 1", "an event"]
    words = text_of(response)
    assert "Info 1" in words and "Warning 1" in words
    assert "Errors 1 · Logs 2" in words


def test_more_than_a_page_of_both_loads_on_demand(support_client, sandbox):
    expected = set()
    for number in range(130):
        at = ago(minutes=50, seconds=number // 3)
        sandbox.add_event(correlation_id="call_1", message=f"event {number}", timestamp=at)
        sandbox.add_log(correlation_id="call_1", message=f"line {number}", timestamp=at)
        expected |= {f"event {number}", f"line {number}"}
    response = panel(support_client)
    seen = titles(response)
    assert "260 events, newest first, 100 at a time Errors 130 · Logs 130" in text_of(response)
    while b"Show 100 more" in response.content:
        response = support_client.get(link_to(response, "Show 100 more", "hx-get"), headers=HTMX)
        seen += titles(response)
    assert (len(seen), set(seen)) == (260, expected)
    assert "That is everything Sentry has" in text_of(response)


def test_a_failed_source_is_named_and_the_other_shown(support_client, sandbox):
    fill(sandbox)
    sandbox.faults.set("status", status=403, path="dataset=logs")
    response = panel(support_client)
    words = text_of(response)
    assert titles(response) == ["an event"]
    assert "Partly checked: logs." in words
    assert "Errors 1 · Logs: not checked" in words
    assert "1 event, newest first, not complete" in words
    assert "That is everything" not in words


def test_an_empty_list_proves_nothing_while_a_source_fails(support_client, sandbox):
    sandbox.faults.set("status", status=403, path="dataset=logs")
    words = text_of(panel(support_client))
    assert "We cannot say whether there are events." in words
    assert "No events for this call." not in words


def test_an_older_answer_of_one_source_is_said_to_be_of_that_source(support_client, sandbox):
    fill(sandbox)
    started = ago(hours=1)
    panel(support_client, started=started)
    sandbox.faults.set("status", status=403, path="dataset=logs")
    with time_machine.travel(time.time() + 120, tick=True):
        panel(support_client, started=started, headers={})
        words = text_of(panel(support_client, started=started))
    assert re.search(r"Showing logs from \d\d:\d\d:\d\d", words)
    assert "Logs: an older answer" in words


def test_a_server_without_logs_is_said_once_and_quietly(support_client, settings):
    with start_sandbox(old=True) as old:
        point_at(old, settings)
        old.add_event(correlation_id="call_1", message="an event", timestamp=ago(minutes=50))
        words = text_of(panel(support_client))
    assert "1 event, newest first, complete" in words
    assert "Logs: not available on this server" in words
    assert "Partly checked" not in words


def test_a_range_beyond_the_retention_of_logs_says_so(support_client, sandbox):
    fill(sandbox)
    assert "Logs are kept for 30 days" in text_of(panel(support_client, range="90d"))
    assert "Logs are kept for 30 days" not in text_of(panel(support_client, range="30d"))


def test_lines_of_another_source_are_offered(support_client, sandbox):
    sandbox.add_log(correlation_id="call_1", message="a line", timestamp=ago(minutes=50))
    response = panel(support_client, source="errors")
    assert "No error events found in the selected time range." in text_of(response)
    offered = link_to(response, "Show 1 event")
    assert titles(support_client.get(offered, headers=HTMX)) == ["a line"]


def test_lines_in_a_wider_range_and_in_another_environment_are_offered(support_client, sandbox):
    sandbox.add_log(correlation_id="call_1", environment="staging", timestamp=ago(days=12))
    wider = text_of(panel(support_client, started=ago(days=12), range="24h"))
    assert "Sentry has 1 event for this call in the last 30 days." in wider
    elsewhere = text_of(panel(support_client, started=ago(days=12), environment="production"))
    assert "Sentry has 1 event for this call in staging." in elsewhere


def test_without_logs_there_is_no_choice_of_source(support_client, sandbox, settings):
    settings.SENTRY_LOGS = False
    fill(sandbox)
    response = panel(support_client)
    assert titles(response) == ["an event"]
    assert 'name="source"' not in response.content.decode()
    assert "Logs" not in re.sub(r"(?s)<title>.*?</title>", "", text_of(response))


def test_groups_open_with_the_events_that_they_count(support_client, sandbox):
    fill(sandbox)
    response = support_client.get("/logs/group/", {"id": "call_1"}, headers=HTMX)
    assert titles(response) == ["an event"]


def test_the_call_page_hands_the_chosen_source_on(support_client, sandbox):
    call = make_call()
    page = support_client.get(f"/calls/{call.pk}/", {"source": "logs"}).content.decode()
    assert re.search(r'hx-get="/logs/call/\?[^"]*source=logs', page)


def test_hostile_words_of_a_line_are_shown_and_never_run(support_client, sandbox):
    evil = '"><script>alert(1)</script>'
    sandbox.add_log(
        correlation_id="call_1", message=evil, timestamp=ago(minutes=50), attributes={"logger.name": evil}
    )
    page = panel(support_client, headers={}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page
