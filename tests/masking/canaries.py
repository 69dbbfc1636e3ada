"""A house in which every text about a person has a canary, and a look for them in what comes out of it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from dashboard.calls.models import Call, CallAlias, CallDetail
from dashboard.evidence.pins import pin, take
from dashboard.ingest.models import Delivery, UnknownReason
from dashboard.keys.models import ApiKey
from dashboard.people.roles import Role
from sentry_logs.models import Check, Tally
from sentry_logs.sandbox import Sandbox
from tests.factories import make_call, make_person, signed_in

NUMBER, OTHER, PASSED = "+447700977123", "+447700977124", "+447700977125"
WRITTEN, NAME, MAIL = "07700 977123", "Zephyrine Quackenbush", "z.quackenbush@canary.example"
STREET, CARD, BORN = "47 Canary Wharf Road", "4111 1111 1111 1111", "3 March 1985"
RECORDING = "https://recordings.example/canary/zephyrine.wav?sig=1"
CANARY = re.compile(r"977.?12[345]|zephyrine|quackenbush|47 canary|4111.?1111|3 march 1985", re.IGNORECASE)
CORRELATION_ID, EVENT_ID = "call_9f3c1e70a1b24d55", "9f3c1e70a1b24d559f3c1e70a1b24d55"
SAID = f"My name is {NAME}, {WRITTEN}, {MAIL}, {STREET}, card {CARD}, born on {BORN}"
PLAIN = ("CalendarTimeout", "turn.py:1417", "30001 ms", EVENT_ID, CORRELATION_ID)
"""What engineers need, which must be there beside what is hidden."""


def found_in(text: str) -> list[str]:
    """Return the canaries in a text, also where JSON or HTML has escaped it."""
    return CANARY.findall(text)


def plant(sandbox: Sandbox) -> Call:
    call = make_call(
        platform_call_id=CORRELATION_ID,
        started_at=timezone.now() - timedelta(minutes=10),
        from_number=NUMBER,
        to_number=OTHER,
        ended_reason_raw=f"left by {NUMBER}",
    )
    CallDetail.objects.create(
        call=call,
        transcript=[
            {"role": "agent", "text": "May I take your name?", "atMs": 0},
            {"role": "caller", "text": f"{NAME}.", "atMs": 1},
            {"role": "caller", "text": SAID, "atMs": 2},
        ],
        tool_calls=[
            {
                "name": "book",
                "atMs": 3,
                "arguments": {"customer": {"name": NAME}, "phone": WRITTEN, "email": MAIL, "address": STREET},
                "result": json.dumps({"booked": True, "caller": NAME, "dob": BORN}),
            }
        ],
        summary=f"{NAME.split()[1]} asked to be called back on {WRITTEN}.",
        transfer_to=PASSED,
        recording_url=RECORDING,
        metadata={"customerName": NAME, "note": SAID},
    )
    CallAlias.objects.create(call=call, kind="trace_id", value="ab" * 16)
    _plant_in_sentry(sandbox, call)
    _plant_elsewhere(call)
    take(pin(call, reason="A look into it"), backend="discover", wait=5.0)
    return call


def _plant_in_sentry(sandbox: Sandbox, call: Call) -> None:
    at = timezone.now() - timedelta(minutes=8)
    variables = {"phone": WRITTEN, "customer_name": repr(NAME), "said": SAID}
    frame = {
        "filename": "agent/turn.py",
        "function": "book",
        "lineno": 1417,
        "in_app": True,
        "vars": variables,
    }
    error = {"type": "CalendarTimeout", "value": SAID, "stacktrace": {"frames": [frame]}}
    facts: dict[str, Any] = {
        "level": "error",
        "timestamp": at,
        "message": f"{SAID} at turn.py:1417 after 30001 ms",
        "transaction": f"/callers/{NUMBER}/book",
        "exception": {"values": [error]},
        "breadcrumbs": {"values": [{"timestamp": at.timestamp(), "message": SAID, "data": {"to": NUMBER}}]},
        "request": {
            "url": f"https://crm.example/c?phone={NUMBER}",
            "query_string": f"phone={NUMBER}&name={NAME}",
        },
        "user": {"id": "42", "email": MAIL, "username": NAME, "ip_address": "203.0.113.9"},
        "extra": {"note": SAID},
        "contexts": {"caller": {"name": NAME, "phone": NUMBER}},
    }
    tags = {"caller_name": NAME, "caller_phone": NUMBER}
    sandbox.add_event(correlation_id=CORRELATION_ID, event_id=EVENT_ID, tags=tags, **facts)
    sandbox.add_event(correlation_id="", **facts)
    sandbox.add_log(correlation_id=CORRELATION_ID, message=f"dialling {NUMBER} for {SAID}", timestamp=at)


def _plant_elsewhere(call: Call) -> None:
    body = json.dumps({"customer": {"name": NAME, "number": NUMBER}, "transcript": SAID})
    Delivery.objects.create(
        call=call,
        platform_call_id=CORRELATION_ID,
        environment="production",
        platform="vapi",
        dedupe_key="canary",
        content_type="application/json",
        body=body.encode(),
        problem=f"unreadable: {NUMBER}",
    )
    UnknownReason.objects.create(platform="vapi", reason=f"forwarded to {NUMBER}")
    # As a release before this one has kept it.
    check = Check.objects.create(
        origin="before", correlation_id=CORRELATION_ID, start=call.started_at, end=timezone.now(),
        asked_at=timezone.now(),
    )  # fmt: skip
    Tally.objects.create(
        check_made=check, correlation_id=CORRELATION_ID, level="error", count=1, last_title=SAID[:500],
        first_seen=call.started_at, last_seen=call.started_at,
    )  # fmt: skip


def askers() -> dict[str, Client]:
    """Return a client for everybody: each role, somebody with every right, each kind of key, and nobody."""
    both = make_person("gus", Role.ADMINISTRATOR)
    both.is_staff = both.is_superuser = True
    both.save()
    both.user_permissions.set(Permission.objects.filter(codename__in=["reveal", "export_calls"]))
    people = {str(role): signed_in(make_person(f"p{number}", role)) for number, role in enumerate(Role)}
    keys = {
        f"{scope} key": Client(headers={"Authorization": f"Bearer {ApiKey.create(scope, scope)[1]}"})
        for scope in ("read", "ingest")
    }
    return {"everything": signed_in(both), **people, **keys, "nobody": Client()}
