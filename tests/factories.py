"""The smallest valid thing of each kind, for tests that care about something else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from dashboard.calls.models import Call
from dashboard.calls.vocabulary import EndedReason, Outcome, Platform, Status
from dashboard.people.groups import give_role
from dashboard.people.roles import Role

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

_numbers = count(1)


def make_call(*, running: bool = False, **facts: Any) -> Call:
    """Save a completed call of three minutes, or one that still runs."""
    number = next(_numbers)
    started = facts.setdefault("started_at", NOON - timedelta(minutes=number))
    defaults: dict[str, Any] = {
        "platform": Platform.VAPI,
        "platform_call_id": f"call-{number:06}",
        "environment": "production",
        "from_number": f"+44207946{number % 10_000:04}",
        "to_number": "+442079460000",
        "line": "Riverside Dental",
        "agent_name": "Front desk",
        "agent_version": "2.3.1",
        "status": Status.IN_PROGRESS if running else Status.ENDED,
    }
    if not running:
        defaults |= {
            "outcome": Outcome.COMPLETED,
            "ended_reason": EndedReason.CALLER_HANGUP,
            "answered_at": started,
            "ended_at": started + timedelta(minutes=3),
            "duration_ms": 180_000,
        }
    return Call.objects.create(**(defaults | facts))


def make_person(name: str, role: Role | None = Role.AGENT) -> User:
    """Save a person without a password."""
    person = User.objects.create_user(name)
    give_role(person, role)
    return person


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client
