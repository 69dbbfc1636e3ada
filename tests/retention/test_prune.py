"""What is older than its kind is kept for, deleted by one command; a hold wins."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from dashboard.audit.models import Entry
from dashboard.audit.record import Event
from dashboard.calls.models import Call, CallDetail
from dashboard.evidence.holds import place
from dashboard.evidence.models import Evidence
from dashboard.ingest.models import Delivery
from dashboard.retention.kinds import KINDS
from sentry_logs.models import Check
from tests.factories import make_call, make_person

pytestmark = pytest.mark.django_db


def run(*options):
    said = io.StringIO()
    call_command("prune", *options, stdout=said)
    return said.getvalue()


def ago(days):
    return timezone.now() - timedelta(days=days)


def call_of(days, **facts):
    call = make_call(started_at=ago(days), **facts)
    CallDetail.objects.create(
        call=call, summary="Said", transcript=[{"role": "caller", "text": "Hello"}], language="en"
    )
    Delivery.objects.create(
        platform="vapi",
        environment="production",
        dedupe_key=f"{call.pk}",
        body=b"x",
        call=call,
        received_at=ago(days),
    )
    Evidence.objects.create(
        call_id=call.pk,
        platform_call_id="x",
        started_at=ago(days),
        pinned_at=ago(days),
        is_automatic=True,
        taken_at=ago(days),
    )
    return call


def left():
    said = CallDetail.objects.exclude(summary="").count()
    return Call.objects.count(), said, Delivery.objects.count(), Evidence.objects.count()


def test_each_kind_goes_by_its_own_age():
    for days in (10, 60, 120, 500):
        call_of(days)
    run("--yes")
    assert left() == (3, 2, 1, 3)
    assert CallDetail.objects.filter(summary="", transcript=[], language="en").count() == 1


def test_the_settings_decide(settings):
    settings.TRANSCRIPTS_RETENTION_DAYS = 5
    settings.CALLS_RETENTION_DAYS = settings.EVIDENCE_RETENTION_DAYS = 50
    settings.DELIVERIES_RETENTION_DAYS = 5
    for days in (1, 10, 60):
        call_of(days)
    run("--yes")
    assert left() == (2, 1, 1, 2)


def test_without_yes_it_only_counts():
    call_of(500)
    said = run()
    assert "1 calls (older than 400 days)" in said and "1 webhooks (older than 30 days)" in said
    assert "Nothing was deleted" in said and left() == (1, 1, 1, 1)
    assert not Entry.objects.filter(event=Event.RETENTION).exists()


def test_a_hold_wins_over_every_age():
    held = call_of(500)
    call_of(500)
    place(held, make_person("lena"), "A case at court.")
    run("--yes")
    assert left() == (1, 1, 1, 1)
    assert Call.objects.get() == held


def test_what_a_person_pinned_stays():
    call = make_call(started_at=ago(900))
    Evidence.objects.create(
        call_id=call.pk, platform_call_id="x", started_at=ago(900), pinned_at=ago(900), taken_at=ago(900)
    )
    run("--yes")
    assert Evidence.objects.count() == 1 and not Call.objects.exists()


def test_sessions_that_are_over_and_old_marks_go_too():
    Session.objects.create(session_key="old", session_data="x", expire_date=ago(1))
    Session.objects.create(session_key="new", session_data="x", expire_date=ago(-1))
    for days in (10, 500):
        Check.objects.create(origin="o", start=ago(days), end=ago(days), asked_at=ago(days))
    run("--yes")
    assert [one.session_key for one in Session.objects.all()] == ["new"] and Check.objects.count() == 1


def test_twice_is_the_same_and_each_run_leaves_a_trace():
    call_of(500)
    run("--yes")
    assert "Deleted 0 calls" in run("--yes")
    (entry,) = Entry.objects.filter(event=Event.RETENTION)
    assert "1 calls (older than 400 days)" in entry.detail


def test_one_kind_alone():
    call_of(500)
    run("--yes", "--only", "webhooks")
    assert left() == (1, 1, 0, 1)


def test_it_stops_when_the_time_is_over(monkeypatch):
    monkeypatch.setattr(
        "dashboard.retention.management.commands.prune.time.monotonic", iter(range(0, 9999, 50)).__next__
    )
    call_of(500)
    assert "the next run goes on" in run("--yes", "--minutes", "0.5")
    assert Call.objects.exists()


@pytest.mark.parametrize("options", [["--only", "everything"], ["--minutes", "0"], ["--minutes", "nan"]])
def test_wrong_options_are_refused(options):
    with pytest.raises(CommandError):
        run("--yes", *options)


def test_every_kind_can_be_counted():
    assert all(kind.rows(timezone.now()).count() == 0 for kind in KINDS)
