"""Believable calls, the same for the same seed.

Everything about a call follows from the seed, its number and its start; only whether it is over already
depends on the time of asking.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b

from sentry_logs.sandbox.vocabulary import (
    AGENTS,
    AWKWARD_IDS,
    CALLER_RANGES,
    LINES,
    PLATFORMS,
    STORIES,
    Story,
)

LONG_CALL_SECONDS = 1_500
AWKWARD_EVERY = {"sparse": 19, "dense": 13}
LONG_EVERY = {"sparse": 211, "dense": 71}
STORY_OF = tuple(name for name, story in STORIES.items() for _ in range(story.weight))


@dataclass(frozen=True, slots=True)
class ScenarioCall:
    """The facts of one call, in the product's normalised words; times are UTC, numbers E.164."""

    correlation_id: str
    platform: str
    environment: str
    direction: str
    from_number: str
    to_number: str
    line: str
    agent_name: str
    agent_version: str
    status: str
    outcome: str
    ended_by: str
    ended_reason: str
    ended_reason_raw: str
    fault: str
    started_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    duration_seconds: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """A call with what only its events need: its story and how long it takes in the end."""

    call: ScenarioCall
    story: str
    seconds: int
    key: str
    is_long: bool


def call_at(seed: int, started_at: datetime, ordinal: int, now: datetime) -> ScenarioCall:
    """Make the call that starts at this moment; a call that would end after `now` is in progress."""
    return plan_at(seed, started_at, ordinal, now).call


def spread(seed: int, now: datetime, count: int, days: int = 90) -> Iterator[ScenarioCall]:
    """Make `count` calls evenly jittered over the last days, oldest first."""
    return (plan.call for plan in spread_plans(seed, now, count, days))


def spread_plans(seed: int, now: datetime, count: int, days: int = 90) -> Iterator[Plan]:
    """Make the plans behind `spread`."""
    step = days * 86_400 / count
    first = now - timedelta(days=days)
    for ordinal in range(count):
        jitter = (ordinal * 7_919 + seed * 104_729) % 997 / 997
        yield plan_at(seed, first + timedelta(seconds=(ordinal + jitter) * step), ordinal, now)


def plan_at(seed: int, started_at: datetime, ordinal: int, now: datetime, tier: str = "") -> Plan:
    """Make the whole plan of a call."""
    key = f"{seed}:{ordinal}:{int(started_at.timestamp())}"
    digest = blake2b(key.encode(), digest_size=48).digest()
    draw = int.from_bytes(digest[32:], "big")
    draw, thousandth = divmod(draw, len(STORY_OF))
    name = STORY_OF[thousandth]
    is_long = bool(tier) and ordinal % LONG_EVERY[tier] == 7
    if is_long:
        name = "calendar timeout"
    story = STORIES[name]
    draw, extra = divmod(draw, story.seconds[1] - story.seconds[0])
    seconds = LONG_CALL_SECONDS if is_long else story.seconds[0] + extra
    draw, platform = divmod(draw, len(PLATFORMS))
    identifier = _identifier(PLATFORMS[platform], digest, ordinal, tier)
    return Plan(
        _call(identifier, platform, draw, story, seconds, started_at, now), name, seconds, key, is_long
    )


def _identifier(platform: str, digest: bytes, ordinal: int, tier: str) -> str:
    every = AWKWARD_EVERY.get(tier)
    if every and ordinal % every == 5:
        return AWKWARD_IDS[ordinal // every % len(AWKWARD_IDS)].format(n=digest[:4].hex())
    text = digest[:16].hex()
    if platform == "vapi":
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"
    return PREFIXES[platform] + (text[:20] if platform == "livekit" else text)


PREFIXES = {"retell": "call_", "twilio": "CA", "elevenlabs": "conv_", "livekit": "room-"}


def _call(
    identifier: str, platform: int, draw: int, story: Story, seconds: int, started_at: datetime, now: datetime
) -> ScenarioCall:
    draw, line = divmod(draw, len(LINES))
    draw, agent = divmod(draw, len(AGENTS))
    draw, staging = divmod(draw, 100)
    draw, outbound = divmod(draw, 100)
    draw, area = divmod(draw, len(CALLER_RANGES))
    draw, tail = divmod(draw, 1000)
    ring = 2 + draw % 9
    outward = outbound < 15 or story.ending.ended_by == "callee"
    business, number = LINES[line]
    caller = _caller(area, tail)
    ended_at = started_at + timedelta(seconds=ring + seconds)
    over = ended_at <= now
    answered_at = started_at + timedelta(seconds=ring) if story.answered else None
    ending = story.ending
    return ScenarioCall(
        identifier,
        PLATFORMS[platform],
        "staging" if staging < 15 else "production",
        "outbound" if outward else "inbound",
        number if outward else caller,
        caller if outward else number,
        business,
        *AGENTS[agent],
        "ended" if over else "in_progress",
        ending.outcome if over else "unknown",
        ending.ended_by if over else "unknown",
        ending.reason if over else "unknown",
        ending.raw[platform] if over else "",
        ending.fault if over else "unknown",
        started_at,
        answered_at if answered_at is not None and answered_at <= now else None,
        ended_at if over else None,
        (seconds if story.answered else 0) if over else None,
    )


def _caller(area: int, tail: int) -> str:
    """Make a number of a range that is kept free for fiction."""
    prefix = CALLER_RANGES[area]
    return f"{prefix}1{tail % 100:02d}" if prefix.startswith("+1") else f"{prefix}{tail:03d}"
