"""Failing calls are pinned by themselves, by commands and never by a page."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.utils import timezone

from dashboard.evidence.models import Evidence
from sentry_logs.cache import forget_own_memory
from tests.evidence.conftest import address
from tests.factories import make_call

pytestmark = pytest.mark.django_db


def synced() -> None:
    call_command("sentry_sync", stdout=StringIO())


@pytest.fixture
def clean_call(failing_call):
    facts = {"started_at": failing_call.started_at, "ended_at": failing_call.ended_at}
    return make_call(platform_call_id="nothing-wrong", **facts)


def test_a_failing_call_is_pinned_with_the_marks(failing_call, clean_call):
    synced()
    synced()

    evidence = Evidence.objects.get()
    assert (evidence.call_id, evidence.is_automatic, evidence.pinned_by) == (failing_call.pk, True, None)
    assert evidence.taken_at and evidence.snapshot["mark"]["state"] == "errors"


def test_the_setting_switches_it_off(settings, failing_call):
    settings.EVIDENCE_PIN_FAILING = False

    synced()

    assert not Evidence.objects.exists()


def test_a_call_that_has_just_ended_is_left_for_its_late_events(failing_call, sandbox):
    failing_call.ended_at = timezone.now()
    failing_call.save()

    synced()

    assert not Evidence.objects.exists()


def test_no_page_pins(support_client, failing_call):
    synced()
    Evidence.objects.all().delete()

    for page in (failing_call.get_absolute_url(), "/calls/", address(failing_call)):
        support_client.get(page)

    assert not Evidence.objects.exists()


def test_what_waits_for_sentry_is_taken_by_the_command(failing_call, sandbox, support_client):
    support_client.post(address(failing_call, "pin"))
    sandbox.faults.set("status", status=503)
    with pytest.raises(CommandError, match="1 snapshots? still wait"):
        call_command("pin_evidence", stdout=StringIO())
    sandbox.faults.clear()

    cache.clear()
    forget_own_memory()
    out = StringIO()
    call_command("pin_evidence", stdout=out)

    assert out.getvalue().strip() == "0 calls pinned, 1 snapshots taken."
    assert Evidence.objects.get().taken_at and not Evidence.objects.get().problem
