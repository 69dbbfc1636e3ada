"""Webhooks of all platforms: signed nonsense is stored and answered with 200, unsigned is refused."""

from __future__ import annotations

import pytest
from django.utils import timezone

from dashboard.ingest.models import Delivery
from dashboard.ingest.platforms import PLATFORMS
from dashboard.ingest.platforms.base import Incoming, Unreadable
from tests.ingest.platforms.conftest import samples
from tests.input.asking import Answer
from tests.input.conftest import TIMES, Case, tried_at
from tests.input.corpus.headers import PLAIN
from tests.input.corpus.signatures import SIGNATURES
from tests.input.mutations import JUNK, mutated
from tests.input.signing import PUBLIC_URL, door, secrets, signed
from tests.input.tally import tried

PROOFS = {
    "vapi": ["X-Vapi-Secret", "X-Signature", "X-Timestamp", "Authorization"],
    "retell": ["X-Retell-Signature"],
    "twilio": ["X-Twilio-Signature"],
    "elevenlabs": ["ElevenLabs-Signature"],
    "livekit": ["Authorization"],
}


@pytest.fixture(autouse=True)
def webhooks_are_on(settings) -> None:
    settings.WEBHOOK_SECRETS = secrets()
    settings.PUBLIC_URL = PUBLIC_URL


def bodies(platform: str, each: int) -> list[bytes]:
    found = [one.body for one in samples(platform).values()]
    return [body for number, sample in enumerate(found) for body in mutated(sample, number, each)]


def sending(platform: str, body: bytes, **headers: str) -> Case:
    request = {"method": "POST", "body": body, "headers": signed(platform, body) | headers}
    return f"{platform} {body[:300]!r} {headers}", door(platform), request


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_signed_message_of_any_content_is_stored(nobody, platform):
    def is_taken(answer: Answer, path: str) -> list[str]:
        # What Twilio signs of a form cannot be told where the form is none.
        fine = (200, 401) if platform == "twilio" else (200,)
        return [] if answer.status in fine else [f"{answer.status} {answer.body!r}"]

    cases = [sending(platform, body) for body in [*JUNK, *bodies(platform, 30 * TIMES)]]
    tried_at("webhooks", nobody, cases, is_taken)
    assert not Delivery.objects.filter(verdict="waiting").exists()
    problems = set(Delivery.objects.filter(verdict="unparsed").values_list("problem", flat=True))
    assert all(problem.endswith(".") for problem in problems), problems


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_proof_of_any_kind_is_refused(nobody, platform):
    def is_refused(answer: Answer, path: str) -> list[str]:
        return [] if answer.status == 401 else [f"{answer.status} {answer.body!r}"]

    body = next(iter(samples(platform).values())).body
    cases = []
    kind = signed(platform, body)["Content-Type"]
    for name in PROOFS[platform]:
        for value in [*SIGNATURES, *PLAIN]:
            request = {"method": "POST", "body": body, "headers": {"Content-Type": kind, name: value}}
            cases.append((f"{name}: {value!r}", door(platform), request))
    tried_at("signatures", nobody, cases, is_refused)
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_reading_any_message_ends_in_reports_or_words(platform):
    """More of them, without the door: only Unreadable may leave a reader."""
    count = 0
    for sample in samples(platform).values():
        for body in mutated(sample.body, 99, 200 * TIMES):
            headers = {"content-type": signed(platform, b"")["Content-Type"]}
            incoming = Incoming(
                url=PUBLIC_URL + door(platform), headers=headers, body=body, now=timezone.now()
            )
            count += 1
            try:
                PLATFORMS[platform].read(incoming, "production")
            except Unreadable:
                continue
    tried["webhooks, generated"] += count
