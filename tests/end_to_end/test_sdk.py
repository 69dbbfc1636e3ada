"""A program that reports with the real Sentry SDK appears on the pages of its call."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

from dashboard.calls.models import Call

PROGRAM = """
import sys, sentry_sdk
sentry_sdk.init(dsn=sys.argv[1], environment="staging")
sentry_sdk.set_tag("correlation_id", sys.argv[2])
sentry_sdk.capture_message("Booking started")
try:
    {}["slot_id"]
except KeyError:
    sentry_sdk.capture_exception()
sentry_sdk.flush()
"""


def run(sandbox, correlation_id) -> None:
    subprocess.run([sys.executable, "-c", PROGRAM, sandbox.dsn, correlation_id], check=True, timeout=30)


def make_call(**facts) -> Call:
    now = datetime.now(UTC)
    return Call.objects.create(
        platform="vapi",
        environment="staging",
        direction="inbound",
        from_number="+442079460123",
        started_at=now - timedelta(minutes=2),
        ended_at=now - timedelta(minutes=1),
        duration_ms=60_000,
        status="ended",
        outcome="completed",
        **facts,
    )


def test_an_instrumented_program_turns_its_row_red_and_fills_its_logs(support_client, sandbox):
    call = make_call(platform_call_id="call_from_a_real_sdk")
    other = make_call(platform_call_id="call_of_somebody_else")

    run(sandbox, call.platform_call_id)

    marks = support_client.get("/calls/marks/", {"ids": f"{call.pk},{other.pk}"}).content.decode()
    assert marks.count('class="mark" data-level="error"') == 1
    assert "1 error" in marks and "KeyError: &#x27;slot_id&#x27;" in marks

    parameters = {
        "id": call.platform_call_id,
        "started": call.started_at.isoformat(),
        "environment": "staging",
    }
    logs = support_client.get("/logs/call/", parameters, headers={"HX-Request": "true"}).content.decode()
    assert "Booking started" in logs and "KeyError: &#x27;slot_id&#x27;" in logs
    assert logs.count('data-env="staging"') >= 2
