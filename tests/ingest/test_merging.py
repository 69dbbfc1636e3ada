from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.calls.models import Call, CallDetail
from dashboard.calls.vocabulary import Direction, EndedReason, Outcome, Platform, Status
from dashboard.ingest import merging
from dashboard.ingest.reports import FINAL, GUESS, SAID, Cost, Ending, Report
from tests.factories import NOON
from tests.ingest.reports import HANGUP, after, ended_report, report

TIMES = st.sampled_from([after(seconds) for seconds in (-60, 0, 0.5, 60, 180)])
TEXTS = st.sampled_from(["", "a", "b", "\x00", "\ud800", "é" * 300])
STRUCTURES = st.sampled_from([[], [{"role": "agent", "text": "Hello"}], [{"role": "caller", "text": "Hi"}]])
SURENESS = st.dictionaries(
    st.sampled_from(["started_at", "ended_at", "ending", "duration_ms", "summary"]),
    st.sampled_from([GUESS, SAID, FINAL]),
)


def optional(values: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | values


REPORTS = st.builds(
    Report,
    platform=st.just(Platform.VAPI),
    platform_call_id=st.just("call-1"),
    environment=st.just("production"),
    at=TIMES,
    rank=st.integers(0, 1),
    sureness=SURENESS,
    status=optional(st.sampled_from(list(Status))),
    direction=optional(st.sampled_from(list(Direction))),
    from_number=optional(TEXTS),
    agent_name=optional(TEXTS),
    started_at=optional(TIMES),
    answered_at=optional(TIMES),
    ended_at=optional(TIMES),
    duration_ms=optional(st.sampled_from([-1, 0, 1_000, 180_000, 10**18])),
    ending=optional(st.sampled_from([HANGUP, Ending(), Ending(Outcome.FAILED, raw="x", is_known=False)])),
    transcript=optional(STRUCTURES),
    summary=optional(TEXTS),
    success=optional(st.booleans()),
    cost=optional(st.sampled_from([Cost(Decimal("0.1"), "USD"), Cost(Decimal("0.1"), "credits")])),
    metadata=optional(st.sampled_from([{"a": 1}, {"a": 1.5}, {"b": float("nan")}])),
)


def merged(reports):
    registers: merging.Registers = {}
    for one in reports:
        merging.merge(registers, merging.registers_of(one))
    return registers


def shown(registers):
    columns = merging.call_columns(registers)
    return columns, merging.detail_columns(registers), merging.stamps_of(registers, columns)["facts"].keys()


def kept_and_read(registers):
    """What the next report meets: the registers after they have been in rows."""
    columns = merging.call_columns(registers)
    call = Call(platform=Platform.VAPI, platform_call_id="call-1", environment="production", **columns)
    detail = CallDetail(
        call=call,
        **merging.detail_columns(registers),
        stamps=merging.stamps_of(registers, columns),
    )
    return merging.registers_from(call, detail)


@settings(max_examples=150, deadline=None)
@given(st.lists(REPORTS, min_size=1, max_size=4))
def test_every_order_gives_the_same_call(reports):
    results = [shown(merged(order)) for order in permutations(reports)]

    assert all(result == results[0] for result in results)


@settings(max_examples=300, deadline=None)
@given(st.data(), st.lists(REPORTS, min_size=1, max_size=6))
def test_any_order_and_repetition_of_six_reports_gives_the_same_call(data, reports):
    again = data.draw(st.lists(st.sampled_from(reports), max_size=6))
    order = data.draw(st.permutations(reports + again))

    assert shown(merged(order)) == shown(merged(reports))


@settings(max_examples=300, deadline=None)
@given(st.lists(REPORTS, min_size=1, max_size=6))
def test_being_stored_in_between_changes_nothing(reports):
    registers: merging.Registers = {}
    for one in reports:
        merging.merge(registers, merging.registers_of(one))
        registers = kept_and_read(registers)

    assert shown(registers) == shown(merged(reports))


@settings(max_examples=300, deadline=None)
@given(st.lists(REPORTS, min_size=1, max_size=6))
def test_a_status_that_was_said_never_goes_back(reports):
    registers: merging.Registers = {}
    phases = []
    for one in reports:
        merging.merge(registers, merging.registers_of(one))
        status = merging.call_columns(registers).get("status")
        phases += [merging.PHASES[status]] if status else []

    assert phases == sorted(phases)


@settings(max_examples=300, deadline=None)
@given(st.lists(REPORTS, min_size=1, max_size=6))
def test_what_is_shown_never_contradicts_itself(reports):
    columns = merging.call_columns(merged(reports))

    started, answered, ended = (columns[name] for name in ("started_at", "answered_at", "ended_at"))
    assert ended is None or ended >= started
    assert answered is None or started <= answered <= (ended or answered)
    assert columns["duration_ms"] is None or columns["duration_ms"] >= 0


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_late_start_event_does_not_open_an_ended_call(order):
    reports = [
        report(status=Status.RINGING),
        report(at=after(5), status=Status.IN_PROGRESS, answered_at=after(5)),
        ended_report(),
    ]

    columns, _, _ = shown(merged(reports[n] for n in order))

    assert (columns["status"], columns["answered_at"], columns["duration_ms"]) == (
        Status.ENDED,
        after(5),
        175_000,
    )


def test_being_transferred_and_back_follows_time():
    back = report(at=after(20), status=Status.IN_PROGRESS)
    away = report(at=after(10), status=Status.TRANSFERRING)

    assert merging.call_columns(merged([back, away]))["status"] == Status.IN_PROGRESS


def test_the_last_word_beats_what_is_said_later():
    final = ended_report()
    passing = report(at=after(500), ending=Ending(Outcome.UNKNOWN))

    assert merging.call_columns(merged([final, passing]))["outcome"] == Outcome.COMPLETED


def test_a_guessed_end_gives_way_to_a_real_one_that_is_older():
    guessed = report(
        at=after(20_000),
        status=Status.ENDED,
        ending=Ending(reason=EndedReason.NO_END_EVENT),
        sureness={"ending": GUESS},
    )

    columns = merging.call_columns(merged([guessed, ended_report()]))

    assert (columns["ended_reason"], columns["ended_at"]) == (EndedReason.CALLER_HANGUP, after(180))


def test_an_end_before_the_start_waits_for_a_better_start():
    early_end = report(started_at=after(100), ended_at=after(50))
    better = report(at=after(200), started_at=NOON)

    first = merged([early_end])
    assert merging.call_columns(first)["ended_at"] is None
    merging.merge(first, merging.registers_of(better))

    assert merging.call_columns(kept_and_read(first))["ended_at"] == after(50)


def test_a_call_starts_no_later_than_its_first_news():
    late = report(at=after(300), summary="Booked.")
    early = report(at=after(10), status=Status.IN_PROGRESS)

    for order in permutations([late, early]):
        assert merging.call_columns(merged(order))["started_at"] == after(10)


def test_a_guessed_start_leaves_room_for_the_length():
    told = report(at=after(200), ended_at=after(180), duration_ms=120_000)

    assert merging.call_columns(merged([told]))["started_at"] == after(60)


def test_the_length_that_was_said_wins_over_the_one_worked_out():
    assert merging.call_columns(merged([ended_report(duration_ms=170_000)]))["duration_ms"] == 170_000


@pytest.mark.parametrize("time", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)])
def test_absurd_times_are_left_out(time):
    columns = merging.call_columns(merged([report(at=NOON, started_at=time, ended_at=time)]))

    assert (columns["started_at"], columns["ended_at"]) == (NOON, None)
    assert merging.call_columns(merged([report(at=time)]))["started_at"].year in (2000, 2099)


def test_an_empty_text_says_nothing():
    first = report(agent_name="Front desk", transcript=[{"role": "agent", "text": "Hello"}])
    later = report(at=after(9), agent_name="", transcript=[])

    registers = merged([first, later])

    assert merging.call_columns(registers)["agent_name"] == "Front desk"
    assert merging.detail_columns(registers)["transcript"]


def test_a_seeded_call_takes_any_report_but_its_status_does_not_go_back():
    seeded = Call(
        platform=Platform.VAPI,
        platform_call_id="call-1",
        environment="production",
        status=Status.ENDED,
        outcome=Outcome.COMPLETED,
        agent_name="Old name",
        line="Riverside Dental",
        started_at=NOON,
        ended_at=NOON + timedelta(minutes=3),
        duration_ms=180_000,
    )
    registers = merging.registers_from(seeded, None)
    old = replace(report(), at=NOON - timedelta(days=400), status=Status.RINGING, agent_name="New name")
    merging.merge(registers, merging.registers_of(old))

    columns = merging.call_columns(registers)

    assert (columns["status"], columns["agent_name"], columns["line"], columns["duration_ms"]) == (
        Status.ENDED,
        "New name",
        "Riverside Dental",
        180_000,
    )
