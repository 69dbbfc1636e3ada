"""What a sender tells of one call, in our words: from a webhook, the API or a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from dashboard.calls.vocabulary import (
    Direction,
    EndedBy,
    EndedReason,
    Fault,
    Outcome,
    Platform,
    Status,
)

GUESS, SAID, FINAL = 0, 1, 2
"""How sure a report is of a fact: worked out by us, said in passing, said as the last word."""


class Alias(NamedTuple):
    kind: str
    value: str


class Cost(NamedTuple):
    """`currency` is an ISO code such as USD, or "credits"."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a call ended. The parts belong together: they always come from one report."""

    outcome: Outcome = Outcome.UNKNOWN
    ended_by: EndedBy = EndedBy.UNKNOWN
    reason: EndedReason = EndedReason.UNKNOWN
    fault: Fault = Fault.UNKNOWN
    raw: str = ""
    is_known: bool = True
    """False when `raw` is a reason that no rule knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One message about one call. None means that the message says nothing of it.

    Reports may come late, twice and in any order: of each fact the surest wins, then the one said last
    (`at`, then `rank`). The result is the same for every order.
    `sureness` names facts that are not merely SAID. Times are aware, lengths are milliseconds.
    """

    platform: Platform
    platform_call_id: str
    environment: str
    at: datetime
    rank: int = 0
    sureness: Mapping[str, int] = field(default_factory=dict)

    status: Status | None = None
    direction: Direction | None = None
    from_number: str | None = None
    to_number: str | None = None
    line: str | None = None
    agent_id: str | None = None
    agent_name: str | None = None
    agent_version: str | None = None
    started_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    duration_ms: int | None = None
    ending: Ending | None = None

    transcript: list[dict[str, Any]] | None = None
    """Turns in order: {"role": "agent"|"caller"|"tool"|"system", "text": str, "atMs": int|None}."""
    tool_calls: list[dict[str, Any]] | None = None
    """{"name": str, "atMs": int|None, "arguments": Any, "result": Any, "failed": bool|None,
    "latencyMs": int|None}."""
    summary: str | None = None
    success: bool | None = None
    sentiment: str | None = None
    transfer_to: str | None = None
    language: str | None = None
    recording_url: str | None = None
    recording_expires_at: datetime | None = None
    cost: Cost | None = None
    latency: dict[str, float] | None = None
    """Milliseconds by name: turnAvgMs, turnP50Ms, turnP95Ms, llmP50Ms, ttsAvgMs, sttAvgMs and so on."""
    metadata: dict[str, Any] | None = None
    aliases: frozenset[Alias] = frozenset()
