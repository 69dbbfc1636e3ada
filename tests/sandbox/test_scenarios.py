from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from sentry_logs.sandbox import start_sandbox
from sentry_logs.sandbox.scenarios import Scenario, bulk_events, call_at, spread
from tests.sandbox.conftest import Door

NOW = datetime(2026, 11, 23, 14, 26, tzinfo=UTC)
OUTCOMES = {
    "completed",
    "transferred",
    "transfer_failed",
    "voicemail",
    "no_answer",
    "busy",
    "abandoned",
    "timed_out",
}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return Scenario(7, NOW)


@pytest.fixture(scope="module")
def events(scenario) -> list[dict]:
    return list(scenario.events())


def tag(event: dict) -> str | None:
    return event["tags"].get("correlation_id")


def test_the_same_seed_gives_the_same_calls_and_events(scenario, events):
    again = Scenario(7, NOW)
    assert again.calls == scenario.calls
    assert list(again.events()) == events
    assert Scenario(8, NOW).calls != scenario.calls


def test_a_later_start_keeps_what_ended_before(scenario):
    later = {call.correlation_id: call for call in Scenario(7, NOW + timedelta(days=1), opened_at=NOW).calls}
    kept = [call for call in scenario.calls if call.ended_at and call.started_at > NOW - timedelta(days=89)]
    assert len(kept) > 500
    assert all(later[call.correlation_id] == call for call in kept)


def test_there_are_some_hundreds_of_calls_over_ninety_days_oldest_first(scenario):
    starts = [call.started_at for call in scenario.calls]
    assert 500 < len(starts) < 700
    assert starts == sorted(starts)
    assert starts[0] < NOW - timedelta(days=89) and starts[-1] <= NOW


@pytest.mark.parametrize("hour", range(0, 24, 5))
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_there_are_always_calls_in_the_last_hour(seed, hour):
    now = NOW.replace(hour=hour)
    recent = [call for call in Scenario(seed, now).calls if call.started_at > now - timedelta(hours=1)]
    assert len(recent) >= 2


def test_every_id_is_the_only_one_of_its_kind_and_looks_like_its_platform(scenario):
    ids = Counter(call.correlation_id for call in scenario.calls)
    assert max(ids.values()) == 1
    for call in scenario.calls:
        if " " in call.correlation_id or not call.correlation_id.isascii():
            continue
        starts = {"retell": "call_", "twilio": "CA", "elevenlabs": "conv_", "livekit": "room-"}
        assert call.correlation_id.startswith(("sip:", "lobby,", "star*", starts.get(call.platform, "")))


def test_some_ids_are_awkward_in_both_tiers(scenario):
    awkward = [call for call in scenario.calls if set(' "*[],:🙂') & set(call.correlation_id)]
    recent = [call for call in awkward if call.started_at > NOW - timedelta(days=2)]
    assert len(recent) >= 5 and len(awkward) - len(recent) >= 10
    assert any(" OR " in call.correlation_id for call in awkward)


def test_shares_are_believable(scenario, events):
    calls = scenario.calls
    levels: dict[str, set[str]] = {}
    for event in events:
        levels.setdefault(tag(event) or "", set()).add(event["level"])
    failing = [call for call in calls if levels.get(call.correlation_id, set()) & {"error", "fatal"}]
    warned = [call for call in calls if "warning" in levels.get(call.correlation_id, set())]
    assert 0.08 < len(failing) / len(calls) < 0.2
    assert 0.05 < len([call for call in warned if call not in failing]) / len(calls) < 0.16
    assert 0.1 < len([call for call in calls if call.environment == "staging"]) / len(calls) < 0.2
    assert {call.outcome for call in calls} >= OUTCOMES
    assert len([call for call in failing if call.outcome == "completed"]) > 5


def test_a_call_that_is_not_over_has_no_end_and_no_outcome():
    started = NOW - timedelta(seconds=4)
    call = next(
        made for ordinal in range(50) if (made := call_at(1, started, ordinal, NOW)).status == "in_progress"
    )
    assert (call.ended_at, call.duration_seconds, call.outcome, call.ended_by) == (
        None,
        None,
        "unknown",
        "unknown",
    )
    over = call_at(1, started, 0, NOW + timedelta(hours=1))
    assert over.status == "ended" and over.ended_at > started and over.ended_reason_raw


def test_unanswered_calls_have_no_answer_and_no_length(scenario):
    missed = [call for call in scenario.calls if call.outcome in ("no_answer", "busy", "abandoned")]
    assert missed
    assert all(call.answered_at is None and call.duration_seconds == 0 for call in missed)


def test_numbers_are_of_ranges_kept_for_fiction(scenario):
    ranges = ("+447700900", "+442079460", "+441614960", "+441314960", "+121255501")
    for call in scenario.calls:
        assert call.from_number.startswith(ranges) and call.to_number.startswith(ranges)


def test_events_fall_into_their_call_or_right_after_it(scenario, events):
    calls = {call.correlation_id: call for call in scenario.calls}
    for event in events:
        call = calls.get(tag(event) or "")
        if call:
            end = (call.ended_at or NOW) + timedelta(seconds=10)
            assert call.started_at <= event["timestamp"] <= end


def test_some_events_have_no_call_and_some_no_id(scenario, events):
    known = {call.correlation_id for call in scenario.calls}
    assert sum(1 for event in events if tag(event) is None) > 5
    assert sum(1 for event in events if tag(event) not in {None, *known}) > 5


def test_some_texts_are_hostile_and_some_very_long(events):
    texts = [str(event.get("exception") or event.get("logentry")) for event in events]
    assert any("<script>alert(1)</script>" in text for text in texts)
    assert any("<img src=x onerror=" in text for text in texts)
    assert any(len(text) > 2000 for text in texts)


def test_one_or_two_recent_calls_have_more_than_a_page_of_events(scenario, events):
    counts = Counter(tag(event) for event in events)
    recent = {call.correlation_id for call in scenario.calls if call.started_at > NOW - timedelta(days=2)}
    assert 1 <= len([name for name in recent if counts[name] > 150]) <= 3


def test_errors_have_source_breadcrumbs_and_a_transaction(events):
    raised = next(event for event in events if event["logger"] == "agent.speech" and "exception" in event)
    frame = raised["exception"]["values"][-1]["stacktrace"]["frames"][-1]
    assert frame["in_app"] and "raise SpeechError" in frame["context_line"] and frame["pre_context"]
    assert raised["transaction"] == "agent.speech.synthesize" and raised["breadcrumbs"]["values"]


def test_a_sandbox_filled_with_a_scenario_tells_its_truth():
    scenario = Scenario(3, datetime.now(UTC))
    with start_sandbox(scenario=scenario) as sandbox:
        sandbox.options.global_views = True
        door = Door(sandbox)
        found: set[str] = set()
        for offset in range(0, 400, 100):
            asked = {"field": ["tags[correlation_id]", "count()"], "sort": "tags[correlation_id]"}
            query = "has:correlation_id level:[error,fatal]"
            rows = door.rows(project=-1, query=query, cursor=f"0:{offset}:0", **asked)
            found |= {row["tags[correlation_id]"] for row in rows}
    assert found == scenario.error_ids()


def test_a_spread_is_even_and_covers_the_days():
    calls = list(spread(1, NOW, 900, days=90))
    per_day = Counter(call.started_at.date() for call in calls)
    assert len(calls) == 900 and len({call.correlation_id for call in calls}) == 900
    assert all(8 <= count <= 12 for count in list(per_day.values())[1:-1])
    assert calls == sorted(calls, key=lambda call: call.started_at)


def test_calls_are_made_fast_enough_to_make_a_million():
    started = time.process_time()
    assert sum(1 for _ in islice(spread(1, NOW, 1_000_000), 5_000)) == 5_000
    assert time.process_time() - started < 0.5


def test_bulk_events_belong_to_the_calls_of_the_spread():
    calls = {call.correlation_id: call for call in spread(2, NOW, 200)}
    events = list(bulk_events(2, NOW, 200, 4_000))
    assert 3_900 < len(events) <= 4_100
    assert {tag(event) for event in events} <= set(calls)
    assert len({event["event_id"] for event in events}) == len(events)
