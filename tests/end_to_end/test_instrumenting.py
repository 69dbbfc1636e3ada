"""The examples of docs/instrumenting.md, run as they stand there, fill the pages of their calls."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.factories import make_call

DOC = (Path(__file__).resolve().parents[2] / "docs/instrumenting.md").read_text()
EXAMPLES = dict(re.findall(r"```python\n# (\w+)\n(.*?)```", DOC, re.S))

USES = {
    "vapi": (
        'on_message({"message": {"type": "tool-calls", "call": {"id": "CALL"},'
        ' "toolCallList": [{"id": "t1", "name": "book", "arguments": {}}]}})',
        "TimeoutError: The calendar did not answer",
        "Vapi says tool-calls",
    ),
    "retell": (
        'on_function({"name": "look_up", "args": {"what": "prices"}, "call": {"call_id": "CALL"}})',
        "KeyError",
        "Retell asks for look_up",
    ),
    "twilio": (
        'on_voice({"CallSid": "CALL", "CallStatus": "ringing", "To": "+15555550100"})',
        "No line for 0100",
        "Twilio says the call is ringing",
    ),
    "elevenlabs": (
        'on_tool({"X-Conversation-Id": "CALL"}, {"day": "Tuesday"})',
        "ConnectionError: The calendar is not reachable for Tuesday",
        "ElevenLabs calls a tool",
    ),
    "livekit": (
        "import asyncio, contextlib\nfrom types import SimpleNamespace as N\n"
        'with contextlib.suppress(RuntimeError):\n    asyncio.run(entrypoint(N(room=N(name="CALL"))))',
        "RuntimeError: The speech model did not load",
        "Joined the room",
    ),
}


def test_every_platform_has_an_example():
    assert EXAMPLES.keys() == {"common", *USES}


@pytest.mark.parametrize("platform", USES)
def test_the_example_fills_the_logs_of_its_call(platform, sandbox, support_client):
    use, event, line = USES[platform]
    now = datetime.now(UTC)
    call = make_call(
        platform=platform, platform_call_id=f"id-{platform}", started_at=now - timedelta(minutes=1)
    )
    program = "\n".join([EXAMPLES["common"], EXAMPLES[platform], use, "sentry_sdk.flush()"])

    subprocess.run(
        [sys.executable, "-c", program.replace("CALL", call.platform_call_id)],
        env={**os.environ, "SENTRY_DSN": sandbox.dsn},
        check=True,
        timeout=30,
    )

    marks = support_client.get("/calls/marks/", {"ids": str(call.pk)}).content.decode()
    assert "1 error" in marks and event in marks
    asked = {"id": call.platform_call_id, "started": call.started_at.isoformat()}
    logs = support_client.get("/logs/call/", asked, headers={"HX-Request": "true"}).content.decode()
    assert event in logs and line in logs
