from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import OperationalError

from dashboard.calls.models import Call, CallDetail
from dashboard.calls.vocabulary import Status
from dashboard.ingest import settle
from dashboard.ingest.models import Delivery
from dashboard.ingest.settle import replay

pytestmark = pytest.mark.django_db

RINGING = {"id": "e1", "call": "call-1", "facts": {"status": "ringing"}}
ENDED = {"id": "e2", "call": "call-1", "at": "2026-11-23T12:03:00+00:00", "facts": {"status": "ended"}}


def told(*arguments):
    out = StringIO()
    call_command("replay_deliveries", *arguments, stdout=out)
    return out.getvalue().strip()


@pytest.fixture
def broken_then_fixed(deliver, plain_platform, monkeypatch):
    """Two messages that a fault of ours made unreadable; the fault is gone now."""
    with monkeypatch.context() as patch:
        patch.setattr(plain_platform, "read", lambda *_: 1 / 0)
        deliver(RINGING)
        deliver(ENDED)


def test_what_could_not_be_read_becomes_a_call_after_the_fix(broken_then_fixed):
    assert told() == "2 deliveries read again: 2 recorded."

    call = Call.objects.get()
    assert (call.status, call.duration_ms) == (Status.ENDED, 180_000)
    assert set(Delivery.objects.values_list("verdict", "problem", "call", "event_type")) == {
        ("recorded", "", call.pk, "status")
    }


def test_a_dry_run_changes_nothing(broken_then_fixed):
    assert told("--dry-run") == "2 deliveries would be read again: 2 recorded."
    assert (Call.objects.count(), Delivery.objects.filter(verdict="unparsed").count()) == (0, 2)


def test_replaying_all_of_them_again_changes_nothing(broken_then_fixed):
    told()
    before = Call.objects.values().get(), CallDetail.objects.values().get(), list(Delivery.objects.values())

    assert told("--verdict", "recorded") == "2 deliveries read again: 2 recorded."

    assert before == (
        Call.objects.values().get(),
        CallDetail.objects.values().get(),
        list(Delivery.objects.values()),
    )


def test_only_the_chosen_are_replayed(broken_then_fixed, deliver):
    first, second = Delivery.objects.order_by("pk").values_list("pk", flat=True)

    assert told("--platform", "retell") == told("--environment", "staging") == "No such deliveries."
    assert told("--since", "2999-01-01") == told("--verdict", "no_call") == "No such deliveries."
    assert told("--id", str(second)) == "1 deliveries read again: 1 recorded."
    assert told("--since", "2020-01-01", "--platform", "vapi") == "1 deliveries read again: 1 recorded."


def test_a_message_without_a_time_of_its_own_keeps_the_time_it_came(deliver, plain_platform, monkeypatch):
    times = []
    read = plain_platform.read
    monkeypatch.setattr(
        plain_platform, "read", lambda incoming, name: (times.append(incoming.now), read(incoming, name))[1]
    )
    deliver(RINGING)
    told("--verdict", "recorded")

    assert times[0] == times[1] <= datetime.now(UTC)


def test_a_reader_that_breaks_again_leaves_the_call(deliver, plain_platform, monkeypatch):
    deliver(RINGING)
    monkeypatch.setattr(plain_platform, "read", lambda *_: 1 / 0)

    assert told("--verdict", "recorded") == "1 deliveries read again: 1 could not be read."
    assert Delivery.objects.get().call == Call.objects.get()


def test_one_that_cannot_be_recorded_does_not_stop_the_others(broken_then_fixed, plain_platform, monkeypatch):
    read = plain_platform.read

    def half_good(incoming, environment):
        reading = read(incoming, environment)
        if reading.event_key == "e1":
            object.__setattr__(reading.reports[0], "platform_call_id", "")
        return reading

    monkeypatch.setattr(plain_platform, "read", half_good)

    assert told() == "2 deliveries read again: 1 recorded, 1 could not be read."


def test_a_database_that_goes_away_stops_it(broken_then_fixed, monkeypatch):
    def gone(*_, **__):
        raise OperationalError("the server is gone")

    monkeypatch.setattr(settle, "record_reports", gone)

    with pytest.raises(OperationalError):
        list(replay(Delivery.objects.all()))


def test_many_are_read_in_batches(deliver, monkeypatch):
    monkeypatch.setattr("dashboard.ingest.settle.BATCH", 2)
    for number in range(5):
        deliver({"id": f"e{number}", "type": "brand_new"})

    assert told() == "5 deliveries read again: 5 unknown type of event."
