from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dashboard.calls.models import Call
from dashboard.ingest.models import Delivery, UnknownReason
from dashboard.ingest.pretty import pretty

pytestmark = pytest.mark.django_db

LIST = "/admin/ingest/delivery/"
RINGING = {"id": "e1", "call": "<b>call-1</b>", "type": "<i>type</i>", "facts": {"status": "ringing"}}


def page_of(client, delivery):
    return client.get(f"{LIST}{delivery.pk}/change/").content.decode()


def test_admins_see_what_came_and_which_call_it_is(deliver, admin_client):
    deliver(RINGING)

    page = admin_client.get(LIST).content.decode()

    assert f'<a href="/calls/{Call.objects.get().pk}/">&lt;b&gt;call-1&lt;/b&gt;</a>' in page
    assert "&lt;i&gt;type&lt;/i&gt;" in page and "Recorded" in page


def test_the_body_is_shown_as_text(deliver, admin_client):
    deliver(RINGING | {"script": "<script>alert(1)</script>"})

    page = page_of(admin_client, Delivery.objects.get())

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page and "<script>alert" not in page
    assert "\n  &quot;id&quot;: &quot;e1&quot;" in page


def test_the_list_does_not_read_the_bodies(deliver, admin_client):
    for number in range(20):
        deliver({"id": f"e{number}"})

    with CaptureQueriesContext(connection) as queries:
        admin_client.get(LIST)

    assert len(queries) <= 9
    assert not [query["sql"] for query in queries if '"body"' in query["sql"]]


@pytest.mark.parametrize(
    "query", ["verdict__exact=recorded", "environment=production", "q=call-1", "platform__exact=vapi"]
)
def test_the_list_can_be_narrowed(deliver, admin_client, query):
    deliver(RINGING | {"call": "call-1"})
    deliver({"id": "e2"}, url="/webhooks/staging/vapi/") if "platform" not in query else None

    assert admin_client.get(f"{LIST}?{query}").context["cl"].result_count == 1


def test_nothing_can_be_changed(deliver, admin_client):
    deliver(RINGING)
    delivery = Delivery.objects.get()

    page = page_of(admin_client, delivery)
    admin_client.post(f"{LIST}{delivery.pk}/change/", {"verdict": "unparsed", "problem": "x"})

    assert '<input type="submit"' not in page and "<textarea" not in page
    assert Delivery.objects.get().verdict == "recorded"
    assert admin_client.get(f"{LIST}add/").status_code == 403
    assert admin_client.post(f"{LIST}{delivery.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_admin_replays_the_chosen_deliveries(deliver, plain_platform, monkeypatch, admin_client):
    with monkeypatch.context() as patch:
        patch.setattr(plain_platform, "read", lambda *_: 1 / 0)
        deliver(RINGING)
    chosen = {"action": "replay_chosen", "_selected_action": [Delivery.objects.get().pk]}

    page = admin_client.post(LIST, chosen, follow=True).content.decode()

    assert "Read again: 1 recorded." in page
    assert Call.objects.count() == 1


def test_who_may_only_look_may_not_replay(deliver, db):
    deliver(RINGING)
    viewer = User.objects.create_user("vera", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_delivery"))
    client = Client()
    client.force_login(viewer)

    page = client.get(LIST).content.decode()

    assert "call-1" in page and "Replay the chosen" not in page


def test_support_staff_do_not_see_deliveries(support_client):
    assert support_client.get(LIST).status_code == 302


def test_admins_see_refusals_at_once_and_unknown_reasons(deliver, admin_client):
    UnknownReason.objects.create(platform="vapi", reason="mystery")
    for _ in range(3):
        deliver(RINGING, signature="wrong")

    refusals = admin_client.get("/admin/ingest/refusal/").content.decode()
    reasons = admin_client.get("/admin/ingest/unknownreason/").content.decode()

    assert '<td class="field-count">3</td>' in refusals
    assert "mystery" in reasons


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b'{"a":[1]}', '{\n  "a": [\n    1\n  ]\n}'),
        (b"CallSid=CA1&From=%2B44&Empty=", "CallSid: CA1\nFrom: +44\nEmpty: "),
        (b"\xff\x00 hello", "\ufffd\x00 hello"),
        (b"", ""),
        (b"[" * 10**5, "[" * 10**5),
        (b"9" * 5000, "••• 99"),
    ],
    ids=["JSON", "form", "bytes", "empty", "deep", "long number"],
)
def test_a_body_as_a_person_reads_it(body, shown):
    assert pretty(body) == shown


def test_a_long_body_is_cut():
    assert pretty(b"x" * 100_001).endswith("\n… 1 more characters")


@pytest.mark.parametrize(
    "body",
    [
        b'{"customer": {"name": "Mara", "number": "+447700900123"}, "said": "I am at 07700 900123"}',
        b"From=%2B447700900123&CallerName=Mara&Body=call+07700+900123",
        b'"firstName": "Mara", broken: +447700900123, 07700 900123',
        b'{"padding": "' + b"x" * 100_000 + b'", "number": "+447700900123", "firstName": "Mara"}',
    ],
    ids=["JSON", "form", "broken", "long"],
)
def test_what_a_body_says_of_a_person_is_masked(body):
    assert not re.search("900123|Mara", pretty(body))
    assert re.search("900123", pretty(body, clear=True)) or len(body) > 100_000
