from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from dashboard.calls.models import Call, CallDetail
from dashboard.evidence.models import Evidence
from dashboard.evidence.pins import pin, take
from tests.factories import make_call


@pytest.fixture
def failing_call(sandbox, db) -> Call:
    """A call of an hour ago with one error, one warning and one log line at Sentry, and a conversation."""
    started = timezone.now().replace(microsecond=0) - timedelta(hours=1)
    call = make_call(started_at=started, platform_call_id="call-with-errors", from_number="+442079464417")
    CallDetail.objects.create(
        call=call,
        transcript=[{"role": "caller", "text": "I want to move my appointment.", "atMs": 1000}],
        tool_calls=[{"name": "book", "atMs": 2000, "arguments": {"day": "Monday"}, "failed": True}],
        summary="Wants another day.",
    )
    for second, level in enumerate(["error", "warning"]):
        sandbox.add_event(
            correlation_id=call.platform_call_id,
            level=level,
            title=f"BookingFailed: no answer {second}",
            timestamp=started + timedelta(seconds=second),
            environment="production",
        )
    return call


@pytest.fixture
def pinned(failing_call) -> Evidence:
    evidence = pin(failing_call)
    assert take(evidence, backend="discover", wait=5.0)
    return evidence


def address(call: Call, door: str = "show", **parts: Any) -> str:
    return reverse(f"evidence:{door}", kwargs={"pk": call.pk, **parts})


@pytest.fixture
def take_now(sandbox) -> Callable[[Call], Evidence]:
    def taken(call: Call) -> Evidence:
        evidence = pin(call)
        take(evidence, backend="discover", wait=5.0)
        return evidence

    return taken
