from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from dashboard.calls.models import Call
from dashboard.calls.vocabulary import EndedReason, Fault, Outcome, Status
from dashboard.ingest.record import record_reports
from dashboard.ingest.sweep import close_silent_calls
from tests.factories import NOON, make_call
from tests.ingest.reports import after, ended_report, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def test_a_silent_call_is_closed_without_an_invented_outcome(clock):
    record_reports([report(status=Status.IN_PROGRESS, answered_at=NOON)])
    clock.shift(timedelta(hours=4, seconds=1))

    assert close_silent_calls(after(4 * 3600 + 1)) == 1

    call = Call.objects.get()
    assert (call.status, call.ended_reason, call.outcome, call.fault) == (
        Status.ENDED,
        EndedReason.NO_END_EVENT,
        Outcome.UNKNOWN,
        Fault.UNKNOWN,
    )
    assert (call.ended_at, call.duration_ms, call.in_progress) == (None, None, False)


def test_a_call_with_news_stays_open(clock):
    record_reports([report(status=Status.IN_PROGRESS)])
    clock.shift(timedelta(hours=3))
    record_reports([report(at=after(3 * 3600), summary="Still talking.")])

    assert close_silent_calls(after(6 * 3600)) == 0


def test_a_real_end_that_comes_later_wins(clock):
    record_reports([report(status=Status.IN_PROGRESS)])
    clock.shift(timedelta(hours=5))
    close_silent_calls(after(5 * 3600))

    record_reports([ended_report()])

    call = Call.objects.get()
    assert (call.ended_reason, call.outcome, call.ended_at) == (
        EndedReason.CALLER_HANGUP,
        Outcome.COMPLETED,
        after(180),
    )


def test_news_without_an_end_does_not_open_it_again(clock):
    record_reports([report(status=Status.IN_PROGRESS)])
    clock.shift(timedelta(hours=5))
    close_silent_calls(after(5 * 3600))

    record_reports([report(at=after(6 * 3600), status=Status.IN_PROGRESS, summary="Late.")])

    assert Call.objects.get().status == Status.ENDED


def test_ended_and_scheduled_calls_are_left_alone(clock):
    make_call()
    record_reports([report(status=Status.SCHEDULED)])

    assert close_silent_calls(NOON + timedelta(days=9)) == 0


def test_a_seeded_call_is_closed_too(clock):
    make_call(running=True)

    assert close_silent_calls(NOON + timedelta(hours=5)) == 1


def test_many_are_closed_in_batches_and_once(clock, monkeypatch):
    monkeypatch.setattr("dashboard.ingest.sweep.BATCH", 2)
    record_reports([report(platform_call_id=f"call-{n}", status=Status.RINGING) for n in range(5)])

    clock.shift(timedelta(hours=5))

    assert [close_silent_calls(after(5 * 3600)) for _ in range(2)] == [5, 0]


def test_the_command(clock):
    record_reports([report(status=Status.RINGING)])
    clock.shift(timedelta(hours=2))

    told = StringIO()
    call_command("sweep_calls", stdout=told)
    call_command("sweep_calls", "--after", "1.5", stdout=told)

    read = "0 deliveries read that were left behind."
    assert told.getvalue().split("\n")[:2] == [f"0 calls closed, {read}", f"1 calls closed, {read}"]
    with pytest.raises(CommandError, match="above 0"):
        call_command("sweep_calls", "--after", "0")
