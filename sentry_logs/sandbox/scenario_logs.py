"""What the receptionist logged line by line, in about half of the calls of a scenario."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from sentry_logs.sandbox.calls import Plan
from sentry_logs.sandbox.log_columns import RETENTION
from sentry_logs.sandbox.scenario_events import MAIN_PROJECT
from sentry_logs.sandbox.vocabulary import Line

UNNAMED_EVERY = 12
Item = dict[str, Any]
OPENING = (
    Line(0.004, "info", "telephony.media", "{platform} media stream opened, codec PCMU"),
    Line(0.012, "debug", "agent.session", "Prompt assembled from 6 parts, {tokens} tokens"),
)
TURN = (
    Line(0.0, "debug", "agent.turn", "Caller spoke for {short} s, {words} words"),
    Line(0.02, "info", "agent.model", "Model answered in {millis} ms, {tokens} tokens"),
    Line(0.03, "info", "agent.speech", "TTS request took {millis} ms"),
)
TOOL = (
    Line(0.31, "info", "tools.calendar", "Tool find_appointment called"),
    Line(0.33, "info", "tools.calendar", "Tool find_appointment returned {words} slots in {millis} ms"),
)
TROUBLE = {
    "calendar timeout": Line(
        0.449, "warn", "tools.calendar", "Booking service: no answer after 4 s, waiting"
    ),
    "speech down": Line(0.63, "warn", "agent.speech", "Speech provider answered 503, trying again in 0.5 s"),
    "crashed": Line(-0.4, "error", "agent.worker", "Heartbeat missed 3 times"),
    "model limited": Line(0.49, "warn", "agent.model", "Model gateway: 2 requests left in this minute"),
    "transfer error": Line(
        0.89, "error", "telephony.transfer", "SIP 486 from front desk, giving the call back"
    ),
}
CLOSING = Line(-0.2, "info", "telephony.media", "{platform} media stream closed")


def scenario_logs(plans: Iterable[Plan], now: datetime) -> Iterator[Item]:
    """Give every line that these calls logged until `now`, as far back as logs are kept."""
    for plan in plans:
        if plan.call.answered_at and plan.call.started_at > now - RETENTION and _draw(plan) % 2:
            yield from (line for line in _of_call(plan) if line["timestamp"] <= now)


def _of_call(plan: Plan) -> Iterator[Item]:
    rng = random.Random(f"{plan.key}:logs")
    lines = [*OPENING]
    for turn in range(2 + plan.seconds // 60):
        share = 0.06 + 0.9 * turn / (3 + plan.seconds // 60)
        lines += [Line(share + line.at, line.level, line.logger, line.text) for line in TURN]
    lines += TOOL if plan.story in ("booked", "slow tool", "calendar timeout", "webhook refused") else ()
    lines += [TROUBLE[plan.story]] if plan.story in TROUBLE else []
    return (_item(plan, line, index, rng) for index, line in enumerate([*lines, CLOSING]))


def _item(plan: Plan, line: Line, index: int, rng: random.Random) -> Item:
    call = plan.call
    offset = plan.seconds - line.at if line.at < 0 else plan.seconds * line.at
    key = blake2b(f"{plan.key}:log:{index}".encode(), digest_size=16).hexdigest()
    attributes = {
        "sentry.environment": call.environment,
        "sentry.release": f"voice@{call.agent_version}",
        "logger.name": line.logger,
        "voice.platform": call.platform,
    }
    # One logger in a few was never told which call it works for.
    if _draw(plan) % UNNAMED_EVERY != 1:
        attributes["correlation_id"] = call.correlation_id
    return {
        "id": key,
        "project": MAIN_PROJECT,
        "timestamp": (call.answered_at or call.started_at)
        + timedelta(seconds=offset, milliseconds=index * 37),
        "level": line.level,
        "body": _worded(line.text, plan, rng),
        "trace_id": blake2b(plan.key.encode(), digest_size=16).hexdigest(),
        "attributes": {name: {"value": value, "type": "string"} for name, value in attributes.items()},
    }


def _worded(text: str, plan: Plan, rng: random.Random) -> str:
    return text.format(
        platform=plan.call.platform.title(),
        short=f"{rng.uniform(0.8, 6):.1f}",
        words=rng.randrange(3, 24),
        millis=rng.randrange(180, 900),
        tokens=rng.randrange(40, 900),
    )


def _draw(plan: Plan) -> int:
    return blake2b(plan.key.encode(), digest_size=4, person=b"logs").digest()[0]
