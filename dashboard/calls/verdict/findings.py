"""Signs in a call's own data that something went wrong, also where the platform says "completed".

Each rule reads what was kept of the call and says what it saw, so that a person can check it. None needs a
guess about meaning: they count seconds, repetitions, failures and money.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboard.calls.conversation import Line, conversation
from dashboard.calls.models import Call, CallDetail
from dashboard.calls.vocabulary import EndedBy, Fault
from sentry_logs.answers import ErrorMark

LONG_SILENCE = 8.0
"""Seconds for which an agent leaves a caller without a word before we call it a silence."""

SOON = 10.0
"""Seconds between an error and a hang-up that belong together."""

OFTEN = 3
SLOW_MS = 5_000
CHARACTERS_A_SECOND = 14.0
MOST_OF_A_KIND = 3
PAID_SECONDS = 15


@dataclass(frozen=True, slots=True)
class Finding:
    """One sign; `at` is seconds since the start of the call, where it has a moment."""

    text: str
    at: float | None = None
    part: Fault = Fault.UNKNOWN


def findings(call: Call, detail: CallDetail, mark: ErrorMark) -> tuple[Finding, ...]:
    """List what points to trouble, those with a moment first and in order."""
    lines = conversation(detail)
    found = [
        *_failed_tools(lines),
        *_silences(lines, _length(call)),
        *_hang_up_after_error(call, lines, mark),
        *_repetitions(detail),
        *_paid_without_speech(call, detail, lines),
        *_judged_unsuccessful(call, detail),
        *_slow_answers(detail),
    ]
    return tuple(sorted(found, key=lambda one: (one.at is None, one.at or 0.0)))


def _failed_tools(lines: Sequence[Line]) -> Iterator[Finding]:
    failed = [line for line in lines if line.failed]
    for line in failed[:MOST_OF_A_KIND]:
        yield Finding(f"The tool “{line.tool or 'without a name'}” failed.", line.at, Fault.OURS)
    if (more := len(failed) - MOST_OF_A_KIND) > 0:
        yield Finding(f"{more} more use{'s' * (more > 1)} of tools failed.", part=Fault.OURS)


def _silences(lines: Sequence[Line], length: float | None) -> Iterator[Finding]:
    """Find where a caller waited for the agent, counted from when the words of the caller should be over."""
    waiting_since: float | None = None
    for line in lines:
        if line.at is None:
            continue
        if line.role == "caller" and line.text and waiting_since is None:
            waiting_since = line.at + len(line.text) / CHARACTERS_A_SECOND
        elif line.role == "agent" and waiting_since is not None:
            if (gap := line.at - waiting_since) >= LONG_SILENCE:
                yield Finding(f"The agent was silent for {gap:.0f} s while the caller waited.", waiting_since)
            waiting_since = None
    if waiting_since is not None and length is not None and (gap := length - waiting_since) >= LONG_SILENCE:
        yield Finding(f"The agent did not answer in the last {gap:.0f} s of the call.", waiting_since)


def _hang_up_after_error(call: Call, lines: Sequence[Line], mark: ErrorMark) -> Iterator[Finding]:
    length = _length(call)
    if call.ended_by != EndedBy.CALLER or length is None:
        return
    moments = [line.at for line in lines if line.failed and line.at is not None]
    if mark.last_seen and mark.state == "errors":
        moments.append((mark.last_seen - call.started_at).total_seconds())
    before = [length - moment for moment in moments if 0 <= length - moment <= SOON]
    if before:
        yield Finding(f"The caller hung up {min(before):.0f} s after an error.", length)


def _repetitions(detail: CallDetail) -> Iterator[Finding]:
    """Count in the clear text, where two numbers are two texts; of it nothing is said but how often."""
    said: dict[str, list[int | None]] = defaultdict(list)
    for turn in detail.transcript:
        words = " ".join(re.findall(r"\w+", str(turn.get("text", "")).lower()))
        if turn.get("role") == "caller" and " " in words:
            said[words].append(turn.get("atMs"))
    for moments in said.values():
        if len(moments) >= OFTEN:
            at = None if moments[0] is None else moments[0] / 1000
            yield Finding(f"The caller said the same words {len(moments)} times.", at)


def _paid_without_speech(call: Call, detail: CallDetail, lines: Sequence[Line]) -> Iterator[Finding]:
    if not detail.cost_amount or (_length(call) or 0.0) < PAID_SECONDS:
        return
    if lines and not any(line.role == "caller" and line.text for line in lines):
        yield Finding("The call cost money, and no word of the caller was understood.")


def _judged_unsuccessful(call: Call, detail: CallDetail) -> Iterator[Finding]:
    if detail.success is False:
        yield Finding(f"{call.get_platform_display()} itself judged that the call did not reach its goal.")


def _slow_answers(detail: CallDetail) -> Iterator[Finding]:
    slow = detail.latency.get("turnP95Ms") if isinstance(detail.latency, dict) else None
    if isinstance(slow, int | float) and slow >= SLOW_MS:
        yield Finding(f"One answer in twenty took {slow / 1000:.1f} s or longer.")


def _length(call: Call) -> float | None:
    if call.ended_at is not None:
        return (call.ended_at - call.started_at).total_seconds()
    return None if call.duration_ms is None or call.in_progress else call.duration_ms / 1000
