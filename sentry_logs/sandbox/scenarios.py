"""The demo's world: some hundreds of calls over 90 days, and what they sent to Sentry.

Calls sit on an absolute grid of time slots and everything about a call follows from the seed and its slot,
so a scenario that starts tomorrow has the same calls in the slots that both cover.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from hashlib import blake2b
from typing import Any

from sentry_logs.sandbox.calls import Plan, ScenarioCall, call_at, plan_at, spread
from sentry_logs.sandbox.scenario_events import bulk_events, scenario_events
from sentry_logs.sandbox.scenario_logs import scenario_logs

__all__ = ["Scenario", "ScenarioCall", "bulk_events", "call_at", "spread"]

SPARSE_STEP = 17_280
DENSE_STEP = 1_200
SPARSE_DAYS = 90
DENSE_LEAD = timedelta(days=2)


class Scenario:
    """Some hundreds of calls over 90 days, with their events.

    Five calls a day until two days before `opened_at` (default: now), from there on one every 20 minutes.
    Start it again with the same `seed` and `opened_at` and a later `now`: the calls of before are the same.
    """

    def __init__(self, seed: int, now: datetime, opened_at: datetime | None = None) -> None:
        self.seed = seed
        self.now = now.astimezone(UTC)
        self.opened_at = (opened_at or now).astimezone(UTC)

    @property
    def calls(self) -> list[ScenarioCall]:
        """List the calls, oldest first."""
        return [plan.call for plan in self.plans]

    @cached_property
    def plans(self) -> list[Plan]:
        """List the plans of the calls, oldest first."""
        dense_from = self.opened_at - DENSE_LEAD
        sparse = self._tier("sparse", SPARSE_STEP, self.now - timedelta(days=SPARSE_DAYS), dense_from)
        return [*sparse, *self._tier("dense", DENSE_STEP, dense_from, self.now)]

    def _tier(self, tier: str, step: int, start: datetime, end: datetime) -> Iterator[Plan]:
        for slot in range(int(start.timestamp()) // step, int(end.timestamp()) // step + 1):
            jitter = blake2b(f"{self.seed}:{tier}:{slot}".encode(), digest_size=4).digest()
            second = slot * step + int.from_bytes(jitter, "big") % step
            started_at = datetime.fromtimestamp(second, UTC)
            if start <= started_at < end:
                yield plan_at(self.seed, started_at, slot, self.now, tier)

    def events(self) -> Iterator[dict[str, Any]]:
        """Give the events up to `now` as SDK payloads, ready for the store; `project` is the numeric id."""
        return scenario_events(self.plans, self.now)

    def logs(self) -> Iterator[dict[str, Any]]:
        """Give the structured log lines up to `now` as the SDK sends them; `project` is the numeric id."""
        return scenario_logs(self.plans, self.now)

    def error_ids(self) -> set[str]:
        """Name the correlation ids that have an error or fatal event, with or without a call."""
        return {
            event["tags"]["correlation_id"]
            for event in self.events()
            if event["level"] in ("error", "fatal") and "correlation_id" in event["tags"]
        }
