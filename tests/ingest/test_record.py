from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from dashboard.calls.models import Call, CallAlias, CallDetail
from dashboard.calls.vocabulary import EndedReason, Fault, Outcome, Platform, Status
from dashboard.ingest import record
from dashboard.ingest.models import UnknownReason
from dashboard.ingest.record import record_reports
from dashboard.ingest.reports import FINAL, Alias, Cost, Ending
from tests.factories import NOON, make_call
from tests.ingest.reports import after, ended_report, report

pytestmark = pytest.mark.django_db

EVERYTHING = {
    "agent_id": "agent-7",
    "transcript": [{"role": "agent", "text": "Hello", "atMs": 0}],
    "tool_calls": [{"name": "book", "failed": False}],
    "summary": "Booked.",
    "success": True,
    "sentiment": "positive",
    "transfer_to": "+442079460001",
    "language": "en",
    "recording_url": "https://recordings.example/1.mp3",
    "recording_expires_at": NOON + timedelta(days=30),
    "cost": Cost(Decimal("0.1234567"), "USD"),
    "latency": {"turnP50Ms": 800.5},
    "metadata": {"room": "7"},
    "aliases": frozenset([Alias("twilio_call_sid", "CA1"), Alias("trace_id", "t1")]),
}


def batch(first, last, **facts):
    return [ended_report(platform_call_id=f"call-{n}", **(EVERYTHING | facts)) for n in range(first, last)]


def questions(work):
    """Return how many questions a batch takes; one that SQLite cuts into several inserts is one."""
    with CaptureQueriesContext(connection) as queries:
        work()
    starts = [query["sql"][:40] for query in queries if "SAVEPOINT" not in query["sql"]]
    return len([start for n, start in enumerate(starts) if n == 0 or start != starts[n - 1]])


def test_everything_said_is_kept():
    [recorded] = record_reports(batch(1, 2))

    call = Call.objects.select_related("detail").get()
    assert (recorded.call.pk, recorded.is_new, recorded.changed) == (call.pk, True, True)
    assert (call.agent_id, call.status, call.outcome) == ("agent-7", Status.ENDED, Outcome.COMPLETED)
    assert (call.started_at, call.ended_at, call.duration_ms) == (NOON, after(180), 180_000)
    assert (call.detail.cost_amount, call.detail.cost_currency) == (Decimal("0.123457"), "USD")
    kept = {name: getattr(call.detail, name) for name in EVERYTHING if hasattr(call.detail, name)}
    assert kept == {name: EVERYTHING[name] for name in kept} and len(kept) == 11
    assert set(call.aliases.values_list("kind", "value")) == EVERYTHING["aliases"]


def test_five_hundred_calls_take_few_questions():
    assert questions(lambda: record_reports(batch(0, 500))) <= 8
    assert questions(lambda: record_reports(batch(0, 500, rank=1))) <= 8
    assert questions(lambda: record_reports(batch(250, 750, rank=2))) <= 9
    assert (Call.objects.count(), CallAlias.objects.count()) == (750, 1500)


def test_what_is_known_is_not_written_again():
    record_reports(batch(0, 3))
    before = list(Call.objects.values_list("updated_at", flat=True))

    with CaptureQueriesContext(connection) as queries:
        again = record_reports(batch(0, 3))

    assert not [query for query in queries if query["sql"].startswith(("INSERT", "UPDATE"))]
    assert [(one.is_new, one.changed) for one in again] == [(False, False)] * 3
    assert list(Call.objects.values_list("updated_at", flat=True)) == before


def test_each_report_of_a_batch_is_answered_in_order():
    make_call(platform_call_id="call-0", status=Status.IN_PROGRESS, ended_at=None)
    reports = [
        report(platform_call_id="call-1"),
        ended_report(platform_call_id="call-0"),
        ended_report(platform_call_id="call-1"),
    ]

    recorded = record_reports(reports)

    assert [one.call.platform_call_id for one in recorded] == ["call-1", "call-0", "call-1"]
    assert [one.is_new for one in recorded] == [True, False, False]
    assert Call.objects.filter(status=Status.ENDED).count() == 2


def test_the_same_id_elsewhere_is_another_call():
    record_reports(
        [report(), report(environment="staging"), report(platform=Platform.RETELL), report(agent_name="Ada")]
    )

    assert Call.objects.count() == 3
    assert Call.objects.get(environment="production", platform=Platform.VAPI).agent_name == "Ada"


def test_a_seeded_call_is_taken_over():
    seeded = make_call(platform_call_id="call-1", agent_name="Old name")

    record_reports([report(at=NOON - timedelta(days=500), status=Status.RINGING, agent_name="New name")])

    call = Call.objects.get()
    assert (call.pk, call.status, call.agent_name) == (seeded.pk, Status.ENDED, "New name")
    assert (call.duration_ms, call.line, call.outcome) == (180_000, "Riverside Dental", Outcome.COMPLETED)


def test_a_new_alias_is_news():
    record_reports([report(aliases=frozenset([Alias("trace_id", "a")]))])
    Call.objects.update(updated_at=NOON)

    [recorded] = record_reports([report(aliases=frozenset([Alias("trace_id", "b")]))])

    assert (recorded.changed, CallAlias.objects.count()) == (True, 2)
    assert Call.objects.get().updated_at > NOON


def test_an_alias_that_is_no_id_is_left_out():
    record_reports([report(aliases=frozenset([Alias("a", ""), Alias("b", "x" * 201), Alias("c", "\x00")]))])

    assert list(CallAlias.objects.values_list("kind", "value")) == [("c", "\ufffd")]


def test_all_or_nothing(monkeypatch):
    def broken(*_):
        raise ValueError("odd")

    monkeypatch.setattr(record, "_write_aliases", broken)

    with pytest.raises(ValueError, match="odd"):
        record_reports(batch(0, 3))

    monkeypatch.undo()
    assert (Call.objects.count(), CallDetail.objects.count()) == (0, 0)


@pytest.mark.parametrize("call_id", ["", "x" * 201])
def test_an_id_that_is_none_is_refused(call_id):
    with pytest.raises(ValueError, match="1 to 200"):
        record_reports([report(platform_call_id=call_id)])


def test_nothing_to_record_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert record_reports([]) == []


def unknown(reason, **facts):
    ending = Ending(Outcome.FAILED, fault=Fault.UNKNOWN, raw=reason, is_known=False)
    return report(ending=ending, sureness={"ending": FINAL}, **facts)


def test_unknown_reasons_are_counted_once_a_call():
    reports = [unknown("mystery", platform_call_id=f"call-{n}") for n in range(3)]
    record_reports(
        [*reports, unknown("riddle", platform_call_id="call-9"), ended_report(platform_call_id="call-8")]
    )

    record_reports(reports)

    counted = UnknownReason.objects.order_by("reason").values_list("platform", "reason", "count")
    assert list(counted) == [("vapi", "mystery", 3), ("vapi", "riddle", 1)]


def test_the_raw_reason_is_kept():
    record_reports([unknown("mystery")])

    call = Call.objects.get()
    assert (call.ended_reason, call.ended_reason_raw) == (EndedReason.UNKNOWN, "mystery")


def test_batches_that_meet_end_as_if_they_came_one_by_one(at_once):
    def send(number):
        numbers = range(60) if number % 2 else reversed(range(60))
        record_reports(
            [
                report(
                    platform_call_id=f"call-{n}",
                    at=after(number),
                    agent_name=f"Agent {number}",
                    aliases=frozenset([Alias("trace_id", f"t{number}")]),
                )
                for n in numbers
            ]
        )

    at_once(send, 4)
    [calls] = at_once(lambda _: list(Call.objects.values_list("agent_name", "aliases__value")), 1)

    assert sorted(calls) == sorted(("Agent 3", f"t{number}") for number in range(4) for _ in range(60))


@pytest.fixture
def both_look_first(at_once, monkeypatch):
    """Let two threads look for a call before either creates it."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one write at a time.")
    known, meeting, met = record._known, threading.Barrier(2), threading.local()

    def known_then_meet(identities):
        found = known(identities)
        if not hasattr(met, "once"):
            met.once = meeting.wait(10)
        return found

    monkeypatch.setattr(record, "_known", known_then_meet)
    return lambda: at_once(
        lambda number: record_reports([report(at=after(number), agent_name=f"Agent {number}")]), 2
    )


def test_two_that_create_a_call_at_once_end_in_one_row(both_look_first):
    created = [recorded.is_new for [recorded] in both_look_first()]

    call = Call.objects.get()
    assert sorted(created) == [False, True]
    assert (call.agent_name, call.started_at) == ("Agent 1", NOON)


@pytest.mark.control
def test_without_a_look_at_who_was_first_one_of_them_fails(both_look_first, monkeypatch):
    """The control of the test above."""
    monkeypatch.setattr(record, "_lost", lambda created: {})

    with pytest.raises(IntegrityError):
        both_look_first()
