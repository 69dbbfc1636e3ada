"""A stored snapshot made ready to be shown; the live call and Sentry have no part in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from dashboard.calls.conversation import Line
from dashboard.calls.vocabulary import Direction, EndedReason, Outcome, Platform
from dashboard.evidence.models import Evidence
from sentry_logs.answers import ErrorMark, LogEvent

EVENT = tuple(field.name for field in fields(LogEvent))
LINE = tuple(field.name for field in fields(Line))
NO_TEXT = "Not known"


@dataclass(frozen=True, slots=True)
class Shown:
    """`sentry` says what was asked; without an answer it has only the key `failure`."""

    evidence: Evidence
    is_unchanged: bool
    facts: Mapping[str, str]
    aliases: list[Mapping[str, str]]
    started_at: datetime | None
    seconds: int | None
    is_inbound: bool
    summary: str
    lines: list[Line]
    mark: ErrorMark
    verdict: Mapping[str, Any]
    sentry: Mapping[str, Any]
    asked_at: datetime | None
    asked_from: datetime | None
    asked_to: datetime | None
    events: list[LogEvent]
    left_out: list[str]

    @classmethod
    def read(cls, evidence: Evidence) -> Shown:
        said = evidence.snapshot
        call, sentry, mark = said["call"], said["sentry"], said["mark"]
        length = call.get("duration_ms")
        return cls(
            evidence=evidence,
            is_unchanged=evidence.is_unchanged,
            facts=_facts(call),
            aliases=call["aliases"],
            started_at=_moment(call["started_at"]),
            seconds=None if length is None else round(length / 1000),
            is_inbound=call["direction"] == Direction.INBOUND,
            summary=said["conversation"].get("summary", ""),
            lines=[Line(**{name: line[name] for name in LINE}) for line in said["conversation"]["lines"]],
            mark=ErrorMark(
                mark["state"],
                mark.get("levels", {}),
                mark.get("lastTitle", ""),
                _moment(mark.get("lastSeen")),
                mark.get("reason", ""),
            ),
            verdict=said["verdict"],
            sentry=sentry,
            asked_at=_moment(sentry.get("asOf")),
            asked_from=_moment(sentry.get("from")),
            asked_to=_moment(sentry.get("to")),
            events=[_event(event) for event in said["events"]],
            left_out=said["leftOut"],
        )


def _facts(call: Mapping[str, Any]) -> dict[str, str]:
    return {
        "person": call["person"],
        "line": call["line"] or NO_TEXT,
        "agent": f"{call['agent_name']} {call['agent_version']}".strip() or NO_TEXT,
        "outcome": _label(Outcome, call["outcome"]),
        "reason": "" if call["ended_reason"] == "unknown" else _label(EndedReason, call["ended_reason"]),
        "environment": call["environment"],
        "platform": _label(Platform, call["platform"]),
        "id": call["platform_call_id"],
    }


def _label(vocabulary: Any, word: str) -> str:
    """Say a word as today's pages do; one that no longer is among them stays as it is."""
    return str(dict(vocabulary.choices).get(word, word))


def _event(event: Mapping[str, Any]) -> LogEvent:
    values = {name: event.get(name, "") for name in EVENT}
    return LogEvent(**values | {"timestamp": _moment(event["timestamp"])})


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
