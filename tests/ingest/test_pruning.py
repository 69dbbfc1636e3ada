from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command

from dashboard.calls.models import Call, CallAlias, CallDetail
from dashboard.ingest.models import Delivery, Refusal
from dashboard.ingest.pruning import old_calls, prune
from dashboard.ingest.record import record_reports
from dashboard.ingest.reports import Alias
from tests.factories import NOON
from tests.ingest.reports import ended_report

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


def told(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


def call_from(days, number=0):
    start = NOON - timedelta(days=days)
    aliases = frozenset([Alias("trace_id", "t")])
    call_id = f"call-{days}-{number}"
    record_reports(
        [ended_report(platform_call_id=call_id, at=start, started_at=start, ended_at=start, aliases=aliases)]
    )


def delivery_from(days, **facts):
    return Delivery.objects.create(
        environment="production",
        platform="vapi",
        dedupe_key=str(days),
        verdict="recorded",
        body=b"{}",
        received_at=NOON - timedelta(days=days),
        **facts,
    )


def test_calls_are_counted_first_and_deleted_when_told_to():
    for days in (10, 399, 401, 500):
        call_from(days)

    assert told("prune_calls") == (
        "2 calls from before 19 Oct 2025, 12:00 UTC. Nothing was deleted; run it with --yes to delete them."
    )
    assert Call.objects.count() == 4
    assert told("prune_calls", "--yes") == "Deleted 2 calls from before 19 Oct 2025, 12:00 UTC."
    assert told("prune_calls", "--yes").startswith("Deleted 0 calls")
    assert (Call.objects.count(), CallDetail.objects.count(), CallAlias.objects.count()) == (2, 2, 2)


def test_a_call_that_is_pruned_leaves_its_delivery():
    call_from(500)
    delivery = delivery_from(1, call=Call.objects.get())

    told("prune_calls", "--yes")

    delivery.refresh_from_db()
    assert delivery.call is None


def test_deliveries_and_counts_of_refusals_go_and_calls_stay():
    call_from(60)
    delivery_from(60, call=Call.objects.get())
    delivery_from(1)
    for days in (1, 60):
        hour = NOON - timedelta(days=days)
        Refusal.objects.create(
            environment="production", platform="vapi", reason="wrong", hour=hour, last_at=hour
        )

    told("prune_deliveries", "--yes", "--older-than", "59")

    assert (Delivery.objects.count(), Refusal.objects.count(), Call.objects.count()) == (1, 1, 1)


def test_it_can_be_broken_off_and_begun_again(monkeypatch):
    monkeypatch.setattr("dashboard.ingest.pruning.BATCH", 2)
    for number in range(5):
        call_from(500, number)

    first = next(prune(old_calls(NOON)))

    assert (first, Call.objects.count()) == (2, 3)
    assert list(prune(old_calls(NOON))) == [2, 1]


@pytest.mark.parametrize("days", ["0", "-3", "40000"])
def test_days_must_make_sense(days):
    with pytest.raises(CommandError, match="1 to 36,500"):
        told("prune_calls", "--older-than", days, "--yes")
