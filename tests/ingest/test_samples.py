"""Each platform's own samples at the real door, with their signatures, on the day they were signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from urllib.parse import parse_qsl

import pytest
import time_machine
from django.test import Client

from dashboard.calls.models import Call
from dashboard.ingest.models import Delivery, Refusal
from dashboard.ingest.platforms import PLATFORMS
from tests.ingest.platforms.conftest import SIGNED_AT, read, samples

pytestmark = pytest.mark.django_db

SAMPLES = [(platform, name) for platform in PLATFORMS for name in samples(platform)]
PUBLIC_URL = "https://desk.example.test"


def twilio_signature(url, body):
    """Sign as Twilio documents it: the address, then the fields by name, each with its value."""
    fields = sorted(parse_qsl(body.decode(), keep_blank_values=True))
    signed = url + "".join(name + value for name, value in fields)
    digest = hmac.digest(read("twilio")["secret"].encode(), signed.encode(), hashlib.sha1)
    return base64.b64encode(digest).decode()


@pytest.fixture
def send(settings):
    settings.WEBHOOK_SECRETS = {
        "VAPI_WEBHOOK_SECRET": read("vapi")["secret"],
        "RETELL_API_KEY": read("retell")["secret"],
        "TWILIO_AUTH_TOKEN": read("twilio")["secret"],
        "ELEVENLABS_WEBHOOK_SECRET": read("elevenlabs")["secret"],
        "LIVEKIT_API_KEY": read("livekit")["secret"]["api_key"],
        "LIVEKIT_API_SECRET": read("livekit")["secret"]["api_secret"],
    }
    settings.PUBLIC_URL = PUBLIC_URL

    def send(platform, name, *, body=None, now=SIGNED_AT, path="", signed_url="", **extra):
        sample = samples(platform)[name]
        path = path or f"/webhooks/production/{platform}/"
        headers = {name: value for name, value in sample.headers.items() if name != "content-type"}
        if platform == "twilio":
            headers["x-twilio-signature"] = twilio_signature(signed_url or PUBLIC_URL + path, sample.body)
        content_type = sample.headers["content-type"]
        with time_machine.travel(now, tick=False):
            return Client().post(path, body or sample.body, content_type, headers=headers, **extra)

    return send


@pytest.mark.parametrize(("platform", "name"), SAMPLES)
def test_every_sample_is_taken_once(send, platform, name):
    answers = [send(platform, name).json() for _ in range(2)]

    delivery = Delivery.objects.get()
    assert answers == [{"status": "stored"}, {"status": "seen"}]
    assert delivery.verdict in ("recorded", "no_call"), delivery.problem
    assert delivery.event_type and delivery.body


@pytest.mark.parametrize(("platform", "name"), SAMPLES)
def test_a_changed_body_is_refused(send, platform, name):
    body = samples(platform)[name].body.replace(b"a", b"b", 1)

    assert send(platform, name, body=body).status_code == 401
    assert (Delivery.objects.count(), Refusal.objects.get().count) == (0, 1)


@pytest.mark.parametrize("platform", sorted(set(PLATFORMS) - {"twilio"}))
@pytest.mark.parametrize("minutes", [-60, 60])
def test_a_message_of_another_hour_is_refused(send, platform, minutes):
    name = next(iter(samples(platform)))

    answer = send(platform, name, now=SIGNED_AT + timedelta(minutes=minutes))

    assert (answer.status_code, Delivery.objects.count()) == (401, 0)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_samples_of_a_platform_in_either_order_are_the_same_calls(send, platform):
    def calls():
        fields = [field.name for field in Call._meta.concrete_fields]
        facts = [name for name in fields if name not in ("id", "created_at", "updated_at")]
        return list(Call.objects.order_by("platform_call_id").values(*facts, "detail__transcript"))

    names = list(samples(platform))
    for name in names:
        send(platform, name)
    forwards = calls()
    Call.objects.all().delete()
    Delivery.objects.all().delete()
    for name in reversed(names):
        send(platform, name)

    assert forwards and json.dumps(forwards, default=str) == json.dumps(calls(), default=str)


@pytest.mark.parametrize(
    ("public_url", "path", "signed_url", "status"),
    [
        ("https://a.example", "/webhooks/production/twilio/", "", 200),
        ("https://a.example", "/webhooks/production/twilio", "", 200),
        ("http://a.example:8080", "/webhooks/production/twilio/?b=2&a=1", "", 200),
        ("https://a.example/desk", "/webhooks/production/twilio/?a=%20x", "", 200),
        (
            "https://a.example",
            "/webhooks/production/twilio/",
            "https://b.example/webhooks/production/twilio/",
            401,
        ),
        (
            "https://a.example",
            "/webhooks/production/twilio/",
            "http://a.example/webhooks/production/twilio/",
            401,
        ),
        (
            "https://a.example",
            "/webhooks/production/twilio/?a=1",
            "https://a.example/webhooks/production/twilio/",
            401,
        ),
    ],
)
def test_twilio_signs_the_address_of_the_settings(send, settings, public_url, path, signed_url, status):
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = public_url, ["*"]
    forged = {
        "HTTP_HOST": "b.example",
        "HTTP_X_FORWARDED_HOST": "b.example",
        "HTTP_X_FORWARDED_PROTO": "http",
    }

    answer = send("twilio", "status_ringing", path=path, signed_url=signed_url or public_url + path, **forged)

    assert answer.status_code == status


def test_twilio_is_off_without_a_public_address(send, settings):
    settings.PUBLIC_URL = ""

    answer = send("twilio", "status_ringing")

    assert answer.status_code == 503 and "PUBLIC_URL" in answer.json()["error"]["message"]
