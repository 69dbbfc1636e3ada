"""What a program logs with the real Sentry SDK is on the page of its call, among its events."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta

from tests.factories import make_call

PROGRAM = """
import logging, sys, sentry_sdk
from sentry_sdk import logger
sentry_sdk.init(dsn=sys.argv[1], environment="staging", enable_logs=True)
sentry_sdk.set_tag("correlation_id", sys.argv[2])
named = {"correlation_id": sys.argv[2]}
logger.info("Twilio media stream opened", attributes=named)
logger.warning("Tool {tool} is slow", tool="find_appointment", attributes=named)
logging.getLogger("agent.turn").warning("Turn took 6 s", extra=named)
logger.info("Nobody told me which call this is")
sentry_sdk.capture_message("Booking started")
sentry_sdk.flush()
"""


def test_events_and_log_lines_of_a_real_sdk_are_one_list(support_client, sandbox):
    now = datetime.now(UTC)
    call = make_call(
        environment="staging", started_at=now - timedelta(minutes=2), ended_at=now + timedelta(minutes=1)
    )
    program = [sys.executable, "-c", PROGRAM, sandbox.dsn, call.platform_call_id]
    subprocess.run(program, check=True, timeout=30)

    parameters = {
        "id": call.platform_call_id,
        "started": call.started_at.isoformat(),
        "environment": "staging",
        "try": "1",
    }
    page = support_client.get("/logs/call/", parameters, headers={"HX-Request": "true"}).content.decode()
    body = support_client.get("/api/sentry/events", {"correlationId": call.platform_call_id}).json()

    found = {(event["source"], event["level"], event["title"]) for event in body["events"]}
    assert found == {
        ("logs", "info", "Twilio media stream opened"),
        ("logs", "warning", "Tool find_appointment is slow"),
        ("logs", "warning", "Turn took 6 s"),
        ("errors", "info", "Booking started"),
    }
    assert body["meta"]["complete"]
    assert {event["environment"] for event in body["events"]} == {"staging"}
    assert all(
        re.search(r"T\d\d:\d\d:\d\d\.\d{3,6}Z$", event["timestamp"])
        for event in body["events"]
        if event["source"] == "logs"
    )
    assert "Twilio media stream opened" in page and "agent.turn" in page
    assert "Errors 1 · Logs 3" in page
    assert "Nobody told me" not in page
