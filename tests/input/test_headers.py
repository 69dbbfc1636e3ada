"""Headers of any content at pages, JSON doors, webhooks, forms and static files."""

from __future__ import annotations

import pytest

from tests.input.conftest import share, tried_at
from tests.input.corpus.headers import NAMES, values_of

PLACES = [
    ("GET", "/calls/?q=a", b""),
    ("GET", "/logs/", b""),
    ("GET", "/api/calls?q=%41", b""),
    ("GET", "/api/sentry/events?correlationId=call-1", b""),
    ("POST", "/webhooks/production/vapi/", b"{}"),
    ("POST", "/api/calls", b"{}"),
    ("POST", "/login/", b"username=a&password=b"),
    ("POST", "/environment/", b"environment=staging"),
    ("GET", "/login/?next=%2Fcalls%2F", b""),
    ("GET", "/admin/login/", b""),
    ("GET", "/static/css/base.css", b""),
    ("GET", "/nowhere", b""),
    ("GET", "/api/nowhere", b""),
    ("GET", "/livez", b""),
]


@pytest.fixture(autouse=True)
def webhooks_are_on(settings) -> None:
    settings.WEBHOOK_SECRETS = {"VAPI_WEBHOOK_SECRET": "a-secret-for-tests"}


@pytest.mark.parametrize("turn", range(len(NAMES)), ids=NAMES)
def test_a_header_may_hold_anything(nobody, support, sentry, turn):
    name = NAMES[turn]
    htmx = {"HX-Request": "true"} if name.startswith("HX-") else {}

    def request(method: str, body: bytes, value: str) -> dict[str, object]:
        return {"method": method, "body": body, "headers": htmx | {name: value}}

    for asker in (nobody, support):
        cases = [
            (f"{method} {target} {name}: {value!r}", target, request(method, body, value))
            for number, value in enumerate(values_of(name))
            for method, target, body in share(PLACES, turn + number, 2 * len(PLACES))
        ]
        tried_at("headers", asker, cases)
