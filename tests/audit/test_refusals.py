from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from dashboard.audit.middleware import AuditMiddleware
from dashboard.audit.models import Entry
from dashboard.keys.models import ApiKey

pytestmark = pytest.mark.django_db


def refusals() -> list[tuple[str, str, str, str]]:
    entries = Entry.objects.filter(event__in=["denied", "limited"]).order_by("id")
    return [(entry.event, entry.result, entry.who, entry.door) for entry in entries]


def test_a_person_without_the_right_leaves_a_trace_once_a_minute(nobody_client):
    for _ in range(3):
        assert nobody_client.get("/calls/").status_code == 403
    nobody_client.get("/calls/export/")

    assert refusals() == [
        ("denied", "denied", "noel", "calls:list"),
        ("denied", "denied", "noel", "calls:export"),
    ]


def test_a_key_without_the_scope_leaves_a_trace(client):
    _key, secret = ApiKey.create("writer", ApiKey.Scope.INGEST)

    assert client.get("/api/calls", headers={"Authorization": f"Bearer {secret}"}).status_code == 403

    assert refusals()[0][2] == "key writer"


def test_a_stranger_who_is_sent_to_the_sign_in_leaves_none(client):
    client.get("/calls/")

    assert refusals() == []


@pytest.mark.parametrize(("path", "count"), [("/login/", 1), ("/webhooks/vapi/production/", 0)])
def test_an_address_that_is_slowed_down(rf: RequestFactory, path, count):
    def slow_down(request: HttpRequest) -> HttpResponse:
        return HttpResponse(status=429)

    for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2"):
        AuditMiddleware(slow_down)(rf.get(path, REMOTE_ADDR=address))

    assert Entry.objects.filter(event="limited").count() == 2 * count
