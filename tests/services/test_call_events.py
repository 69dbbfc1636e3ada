"""A call's events and log lines are one list, and a source that fails never hides the other."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from sentry_logs import services
from sentry_logs.management.pointing import point_at
from sentry_logs.periods import PERIODS
from sentry_logs.sandbox import start_sandbox

NOW = datetime.now(UTC).replace(microsecond=0)


def ask(correlation_id="a", *, period="30d", **more):
    asked = {"backend": "discover", "environment": "all", "wait": 5.0} | more
    return services.events_for_call(correlation_id, period=PERIODS[period], **asked)


def count(correlation_id="a", *, period="30d", **more):
    asked = {"backend": "discover", "environment": "all", "wait": 5.0} | more
    return services.count_events(correlation_id, period=PERIODS[period], **asked)


def titles(answer):
    return [event.title for event in answer.value.events]


def states(answer):
    return {source.dataset: source.state for source in answer.sources}


def counts(answer):
    return {source.dataset: source.count for source in answer.sources}


def datasets(sandbox):
    return sorted(
        dict(request.query)["dataset"] for request in sandbox.requests if "/events/" in request.path
    )


def fill(sandbox):
    for minutes in (9, 5, 1):
        at = NOW - timedelta(minutes=minutes)
        sandbox.add_event(correlation_id="a", title=f"event {minutes}", timestamp=at)
        sandbox.add_log(correlation_id="a", message=f"line {minutes}", timestamp=at + timedelta(seconds=0.5))


def test_both_sources_are_merged_newest_first(sandbox):
    fill(sandbox)
    answer = ask()
    assert titles(answer) == ["line 1", "event 1", "line 5", "event 5", "line 9", "event 9"]
    assert counts(answer) == {"errors": 3, "logs": 3}
    assert (answer.complete, answer.value.has_more, answer.asked.datasets) == (
        True,
        False,
        ("errors", "logs"),
    )


def test_it_costs_one_request_for_each_source(sandbox):
    ask("warm-up")
    sandbox.clear_requests()
    ask()
    assert datasets(sandbox) == ["errors", "logs"]


@pytest.mark.parametrize("source", ["errors", "logs"])
def test_one_source_alone_asks_one_dataset(sandbox, source):
    fill(sandbox)
    ask("warm-up", source=source)
    sandbox.clear_requests()
    answer = ask(source=source)
    assert {event.source for event in answer.value.events} == {source}
    assert (states(answer), datasets(sandbox)) == ({source: "ok"}, [source])


def test_the_two_are_asked_at_the_same_time(sandbox):
    ask("warm-up")
    sandbox.faults.set("delay", seconds=0.8)
    began = time.monotonic()
    ask()
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize(("broken", "shown"), [("logs", "event 1"), ("errors", "line 1")])
def test_a_source_that_fails_does_not_hide_the_other(sandbox, broken, shown):
    fill(sandbox)
    sandbox.faults.set("status", status=403, path=f"dataset={broken}")
    answer = ask()
    other = "errors" if broken == "logs" else "logs"
    assert (titles(answer)[0], len(titles(answer))) == (shown, 3)
    assert (states(answer), answer.complete) == ({broken: "failed", other: "ok"}, False)
    assert "Sentry does not let this dashboard read" in answer.failure.reason


def test_a_question_that_only_one_source_cannot_take_is_no_refusal(sandbox):
    fill(sandbox)
    body = {"detail": "This operator is not supported for logs"}
    sandbox.faults.set("status", status=400, body=body, path="dataset=logs")
    answer = ask()
    assert (len(titles(answer)), states(answer)["logs"]) == (3, "failed")
    assert answer.failure.hint == "This operator is not supported for logs"


def test_an_id_that_cannot_be_asked_is_refused_by_both(sandbox):
    with pytest.raises(services.QuestionRefused):
        ask("ends in a backslash\\")


def test_nothing_but_silence_about_errors_is_no_answer(sandbox):
    sandbox.faults.set("status", status=403, path="dataset=errors")
    with pytest.raises(services.LogsUnavailable):
        ask()


def test_when_both_fail_there_is_no_answer(sandbox):
    sandbox.faults.set("status", status=403)
    with pytest.raises(services.LogsUnavailable):
        ask()


def test_a_server_without_logs_is_complete_without_them(settings):
    with start_sandbox(old=True) as old:
        point_at(old, settings)
        old.add_event(correlation_id="a", title="event")
        answer = ask()
    assert (titles(answer), answer.complete) == (["event"], True)
    assert states(answer) == {"errors": "ok", "logs": "unsupported"}
    assert answer.sources[1].reason == "Not available on this server."


def test_logs_can_be_switched_off(sandbox, settings):
    settings.SENTRY_LOGS = False
    fill(sandbox)
    assert states(ask()) == {"errors": "ok"}
    assert states(ask(source="logs")) == {"logs": "unsupported"}
    assert "logs" not in datasets(sandbox)


def walked(**more):
    events, pages, cursor = [], [], None
    while True:
        answer = ask(cursor=cursor, **more)
        pages.append(answer)
        events += answer.value.events
        cursor = answer.value.next_cursor
        if cursor is None:
            return events, pages


@pytest.mark.parametrize("limit", [7, 100])
def test_pages_over_both_have_neither_gaps_nor_repeats_while_events_arrive(sandbox, limit):
    ids = set()
    for number in range(150):
        at = NOW - timedelta(minutes=2, seconds=number // 4)
        ids.add(sandbox.add_event(correlation_id="a", timestamp=at))
        if number % 3:
            fraction = timedelta(microseconds=number * 997)
            ids.add(sandbox.add_log(correlation_id="a", timestamp=at - timedelta(seconds=7) + fraction))
    cursor, seen, windows = None, [], set()
    while True:
        answer = ask(cursor=cursor, limit=limit)
        seen += answer.value.events
        windows.add(answer.asked.window)
        cursor = answer.value.next_cursor
        if cursor is None:
            break
        sandbox.add_event(correlation_id="a", timestamp=NOW)
        sandbox.add_log(correlation_id="a", timestamp=NOW)

    times = [event.timestamp for event in seen]
    assert (len(seen), {event.id for event in seen}) == (len(ids), ids)
    assert times == sorted(times, reverse=True)
    assert len(windows) == 1


def test_a_source_lost_on_the_way_stays_failed_to_the_end_of_the_walk(sandbox):
    for number in range(12):
        sandbox.add_event(correlation_id="a", timestamp=NOW - timedelta(minutes=number))
    sandbox.faults.set("status", times=1, status=403, path="dataset=logs")
    events, pages = walked(limit=5)
    assert len(events) == 12
    assert [(states(page)["logs"], page.complete) for page in pages] == [("failed", False)] * len(pages)
    assert len(pages) >= 3


def test_an_old_answer_of_one_source_is_shown_with_the_new_one_of_the_other(sandbox):
    fill(sandbox)
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        first = ask()
        clock.shift(120)
        sandbox.faults.set("status", status=403, path="dataset=logs")
        second = ask()
    assert (len(titles(second)), second.stale) == (6, True)
    assert second.sources[1].as_of == second.as_of < first.as_of + timedelta(seconds=60)
    assert (states(second), second.stale_part) == ({"errors": "ok", "logs": "failed"}, "logs")


def test_what_belongs_to_other_calls_is_left_out_and_said(sandbox):
    fill(sandbox)
    sandbox.add_log(correlation_id="b", message="not mine")
    sandbox.faults.set("ignore_query", path="dataset=logs")
    answer = ask()
    assert "not mine" not in titles(answer)
    assert (states(answer)["logs"], answer.complete) == ("failed", False)


def test_levels_hold_for_both_sources(sandbox):
    for level in ("warning", "info"):
        sandbox.add_event(correlation_id="a", level=level, title=f"event {level}")
    for level in ("warn", "info"):
        sandbox.add_log(correlation_id="a", level=level, message=f"line {level}")
    assert sorted(titles(ask(levels=["warning"]))) == ["event warning", "line warn"]


def test_counts_add_up_over_the_sources(sandbox):
    fill(sandbox)
    answer = count()
    assert answer.value.levels == {"error": 3, "info": 3}
    assert counts(answer) == {"errors": 3, "logs": 3}
    assert answer.value.first_seen == NOW - timedelta(minutes=9)
    assert count(source="logs").value.levels == {"info": 3}


def test_counts_say_which_source_did_not_answer(sandbox):
    fill(sandbox)
    sandbox.faults.set("status", status=403, path="dataset=logs")
    answer = count()
    assert (answer.value.total, counts(answer), answer.complete) == (3, {"errors": 3, "logs": None}, False)


def test_lines_are_kept_for_a_shorter_time_and_the_answer_says_so(sandbox):
    sandbox.add_event(correlation_id="a", title="old event", timestamp=NOW - timedelta(days=60))
    answer = ask(period="90d")
    assert (titles(answer), answer.complete) == (["old event"], True)
    assert answer.sources[1].reason == "Logs are kept for 30 days."
