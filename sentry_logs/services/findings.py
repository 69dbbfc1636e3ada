"""What a check found, for a page, a terminal and a pipeline alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

FindingState = Literal["ok", "failed", "unknown"]
FINE, FAILING, MISCONFIGURED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Finding:
    """One question and what came of it. `key` and `facts` are for programs and keep their names."""

    key: str
    subject: str
    state: FindingState
    words: str
    hint: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.state != "failed"

    def as_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "subject": self.subject,
            "state": self.state,
            "words": self.words,
            "hint": self.hint,
            "facts": self.facts,
        }


def exit_status(findings: Sequence[Finding]) -> int:
    """Return 2 when the settings are wrong, 1 when anything else fails, else 0."""
    failed = {finding.key for finding in findings if not finding.ok}
    return MISCONFIGURED if "configuration" in failed else FAILING if failed else FINE


def as_json(findings: Sequence[Finding], checked_at: datetime) -> dict[str, Any]:
    status = exit_status(findings)
    return {
        "ok": status == FINE,
        "exitStatus": status,
        "checkedAt": iso(checked_at),
        "findings": [finding.as_json() for finding in findings],
    }


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
