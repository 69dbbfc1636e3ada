"""What the receptionist sent to Sentry during the calls of a scenario."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cache
from hashlib import blake2b
from itertools import chain
from typing import Any

from sentry_logs.sandbox.calls import Plan, spread_plans
from sentry_logs.sandbox.tracebacks import FAULTS
from sentry_logs.sandbox.vocabulary import INTENTS, STORIES, Line

MAIN_PROJECT, WORKER_PROJECT = 4505001, 4505002
LONG_CALL_EVENTS = 180
SLOT = 1_200
STRANGER_EVERY, UNTAGGED_EVERY, HOSTILE_EVERY = 36, 24, 48
Payload = dict[str, Any]
HOSTILE = (
    Line(0.5, "error", "webhooks.intake", "unknown field <script>alert(1)</script>", "schema"),
    Line(0.6, "warning", "webhooks.intake", '"><img src=x onerror=alert(1)> is not a caller name'),
    Line(0.7, "info", "agent.nlu", "Caller said: " + "and then, well, " * 160 + "goodbye"),
)
UNTAGGED = (
    Line(0, "info", "agent.worker", "Worker started, 4 slots"),
    Line(0, "error", "agent.model", "429 from model gateway", "model"),
    Line(0, "warning", "agent.worker", "Memory at 91 %"),
)


def scenario_events(plans: Iterable[Plan], now: datetime) -> Iterator[Payload]:
    """Give every event that these calls sent until `now`, and some that belong to no call."""
    for plan in plans:
        for event in chain(_of_call(plan), _beside(plan)):
            if event["timestamp"] <= now:
                yield event


def bulk_events(seed: int, now: datetime, calls: int, total: int, days: int = 90) -> Iterator[Payload]:
    """Give about `total` events of the calls that `spread(seed, now, calls, days)` makes."""
    owed = 0.0
    for plan in spread_plans(seed, now, calls, days):
        owed += total / calls
        events = [event for event in _of_call(plan) if event["timestamp"] <= now]
        filler = max(0, round(owed) - len(events))
        events += [_event(plan, FILLER, index / (filler + 1), 1000 + index) for index in range(filler)]
        owed -= len(events)
        yield from (event for event in events if event["timestamp"] <= now)


FILLER = Line(0, "info", "agent.turn", "Turn finished in 1.{digit} s")


def _of_call(plan: Plan) -> Iterator[Payload]:
    story = STORIES[plan.story]
    for index, line in enumerate(story.lines):
        yield _event(plan, line, line.at, index)
    if plan.is_long:
        for index in range(LONG_CALL_EVENTS):
            yield _event(plan, FILLER, index / LONG_CALL_EVENTS, 100 + index)


def _event(plan: Plan, line: Line, at: float, index: int) -> Payload:
    """Write one event of a call; a negative `at` is seconds after the call's end."""
    call = plan.call
    start = call.answered_at or call.started_at
    offset = plan.seconds - at if at < 0 else plan.seconds * at
    rng = random.Random(f"{plan.key}:{index}") if "{" in line.text else None
    text = _worded(line.text, plan, rng) if rng else line.text
    tags = {
        "correlation_id": call.correlation_id,
        "line": call.line,
        "voice.platform": call.platform,
        "agent": call.agent_name,
    }
    event = _payload(
        line, text, start + timedelta(seconds=offset, milliseconds=index * 37 % 1000), f"{plan.key}:{index}"
    )
    event["environment"] = call.environment
    event["release"] = f"voice@{call.agent_version}"
    event["tags"] = tags
    return event


def _worded(text: str, plan: Plan, rng: random.Random) -> str:
    call = plan.call
    return text.format(
        platform=call.platform.title(),
        caller=call.from_number,
        agent=f"{call.agent_name} {call.agent_version}",
        digit=rng.randrange(1, 10),
        intent=rng.choice(INTENTS),
        seconds=plan.seconds,
    )


def _payload(line: Line, text: str, at: datetime, key: str) -> Payload:
    ids = blake2b(key.encode(), digest_size=28).hexdigest()
    event: Payload = {
        "event_id": ids[:32],
        "timestamp": at,
        "level": line.level,
        "logger": line.logger,
        "platform": "python",
        "server_name": "voice-7c9f",
        "project": MAIN_PROJECT,
        "contexts": {
            "trace": {"trace_id": blake2b(ids.encode(), digest_size=16).hexdigest(), "span_id": ids[40:]},
            "runtime": {"name": "CPython", "version": "3.12.4"},
        },
        "sdk": {"name": "sentry.python", "version": "2.75.0"},
        "environment": "production",
        "tags": {},
    }
    return event | (_raised(line.fault, text, at) if line.fault else _logged(line, text))


def _logged(line: Line, text: str) -> Payload:
    return {"logentry": {"message": line.text, "formatted": text}, "culprit": line.logger}


def _raised(name: str, text: str, at: datetime) -> Payload:
    fault = FAULTS[name]
    causes = [{"type": fault.cause[0], "value": fault.cause[1], "module": "httpx"}] if fault.cause else []
    raised = {
        "type": fault.type,
        "value": text,
        "module": "receptionist.errors",
        "mechanism": {"type": "generic" if fault.handled else "excepthook", "handled": fault.handled},
        "stacktrace": {"frames": _frames(name)},
    }
    function = fault.frames[-1]
    return {
        "exception": {"values": [*causes, raised]},
        "transaction": f"{function.filename.removesuffix('.py').replace('/', '.')}.{function.function}",
        "breadcrumbs": {"values": _crumbs(name, at)},
    }


@cache
def _frames(name: str) -> list[dict[str, object]]:
    return [frame.payload() for frame in FAULTS[name].frames]


def _crumbs(name: str, at: datetime) -> list[Payload]:
    crumbs = [("agent.turn", "info", "Reply ready, 118 characters"), *FAULTS[name].crumbs]
    return [
        {
            "timestamp": (at - timedelta(seconds=0.5 * (len(crumbs) - index))).isoformat(),
            "type": "http" if category == "http" else "default",
            "category": category,
            "level": level,
            "message": message,
        }
        for index, (category, level, message) in enumerate(crumbs)
    ]


def _beside(plan: Plan) -> Iterator[Payload]:
    """Events that belong to no known call, or to no call at all, and some hostile ones."""
    slot = int(plan.call.started_at.timestamp()) // SLOT
    if slot % HOSTILE_EVERY == 5:
        yield from (_event(plan, line, line.at, 900 + index) for index, line in enumerate(HOSTILE))
    if slot % STRANGER_EVERY == 3:
        yield from _of_stranger(plan)
    if slot % UNTAGGED_EVERY == 9:
        yield _untagged(plan, slot)


def _of_stranger(plan: Plan) -> Iterator[Payload]:
    """Events of an id that no call has: the platform never told us of the call."""
    stranger = f"call_{blake2b(plan.key.encode(), digest_size=16, person=b'stranger').hexdigest()}"
    lines = (STORIES["key error"].lines[0], STORIES["key error"].lines[-1], STORIES["goodbye"].lines[1])
    for index, line in enumerate(lines):
        event = _event(plan, line, 0.1 * index, 800 + index)
        event["tags"] = {**event["tags"], "correlation_id": stranger}
        yield event


def _untagged(plan: Plan, slot: int) -> Payload:
    line = UNTAGGED[slot // UNTAGGED_EVERY % len(UNTAGGED)]
    event = _event(plan, line, 0.3, 700)
    event["tags"] = {"agent": plan.call.agent_name}
    event["project"] = WORKER_PROJECT if slot % 5 == 0 else MAIN_PROJECT
    return event
