"""What takes data along, opens raw data or deletes it."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from dashboard.audit.models import Entry
from dashboard.calls.exporting import PLACES
from dashboard.calls.models import Call
from dashboard.ingest.models import Delivery
from tests.factories import NOON, make_call
from tests.searching import searched

pytestmark = pytest.mark.django_db


def test_an_export_is_recorded_with_its_filters_and_no_number(lead_client):
    make_call()

    token = searched(lead_client, "+442079461234")
    asked = {"q": token, "outcome": "completed", "format": "jsonl"}
    lead_client.get("/calls/export/", asked).getvalue()

    entry = Entry.objects.get(event="export")
    assert entry.detail.startswith("jsonl ?") and "outcome=completed" in entry.detail
    assert "1234" not in entry.detail


def test_a_refused_export_is_no_export(lead_client):
    lead_client.get("/calls/export/", {"format": "xml"})

    assert not Entry.objects.filter(event="export").exists()


@pytest.mark.django_db(transaction=True)
def test_an_export_that_cannot_be_recorded_is_not_given_and_frees_its_place(lead_client):
    make_call(line="Riverside Dental")
    free = PLACES._value
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry RENAME TO audit_away")
    try:
        answers = [lead_client.get("/calls/export/") for _ in range(3)]
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_away RENAME TO audit_entry")

    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert all(b"Riverside" not in answer.content for answer in answers)
    assert PLACES._value == free


def test_a_raw_webhook_that_is_opened_is_recorded(admin_client):
    call = make_call()
    delivery = Delivery.objects.create(
        environment="production", platform="vapi", dedupe_key="x", body=b"{}", received_at=NOON, call=call
    )

    assert admin_client.get(reverse("admin:ingest_delivery_change", args=[delivery.pk])).status_code == 200

    entry = Entry.objects.get(event="delivery_opened")
    assert (entry.who, entry.call_id, entry.result) == ("ada", call.pk, "shown")


def test_a_webhook_that_does_not_exist_is_not_opened(admin_client):
    admin_client.get(reverse("admin:ingest_delivery_change", args=[7]))
    admin_client.get(reverse("admin:ingest_delivery_change", args=["x"]))

    assert not Entry.objects.filter(event="delivery_opened").exists()


def test_a_backup_and_a_restore_are_recorded(tmp_path, monkeypatch, settings):
    settings.BACKUP_FOLDER = str(tmp_path)
    copy = SimpleNamespace(file=tmp_path / "calls.sqlite3", rows=7, counts={})
    copy.file.touch()
    database = SimpleNamespace(
        suffix=".sqlite3",
        counts_of=lambda _: {"calls_call": 5},
        is_empty=lambda: True,
        restore=lambda *_: None,
    )
    monkeypatch.setattr("dashboard.backup.configured.database", lambda: database)
    monkeypatch.setattr("dashboard.backup.management.commands.backup.make", lambda *_: copy)
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)

    call_command("backup", stdout=StringIO())
    copy.file.touch()
    call_command("restore", copy.file, stdout=StringIO())

    assert [entry.detail for entry in Entry.objects.filter(event="backup").order_by("id")] == [
        "Copied to calls.sqlite3: 7 rows",
        "Restored from calls.sqlite3: 5 rows",
    ]


def test_deleting_old_calls_is_recorded_and_counting_them_is_not():
    make_call(started_at=timezone.now() - timedelta(days=1000))

    call_command("prune_calls")
    assert not Entry.objects.filter(event="retention").exists()
    call_command("prune_calls", "--yes")
    call_command("prune_calls", "--yes")

    entry = Entry.objects.get(event="retention")
    assert entry.detail.startswith("1 calls from before") and entry.who == "system"
    assert not Call.objects.exists()
