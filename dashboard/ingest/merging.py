"""Reports of one call made into one call, whatever their order and however often they came.

Of each fact a register keeps the value and its stamp: how sure, when and at which rank it was said. The
greatest stamp wins, and between equal stamps the greater value, so the result does not depend on the order.
What is shown is worked out from the registers; a time that contradicts others stays in its register only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from django.db.models import Model

from dashboard.calls.models import Call, CallDetail
from dashboard.calls.vocabulary import EndedBy, EndedReason, Fault, Outcome, Status
from dashboard.ingest.cleaning import (
    FIRST_YEAR,
    LAST_YEAR,
    clean_duration,
    clean_json,
    clean_text,
    clean_time,
)
from dashboard.ingest.reports import FINAL, GUESS, SAID, Cost, Ending, Report

PHASES: dict[str, int] = {
    Status.SCHEDULED: 0,
    Status.QUEUED: 1,
    Status.RINGING: 2,
    Status.IN_PROGRESS: 3,
    Status.TRANSFERRING: 3,
    Status.ENDED: 4,
}
CALL_TEXTS = ("direction", "from_number", "to_number", "line", "agent_id", "agent_name", "agent_version")
TIMES = ("started_at", "answered_at", "ended_at")
DETAIL_TEXTS = ("summary", "sentiment", "transfer_to", "language", "recording_url")
STRUCTURES = ("transcript", "tool_calls", "latency", "metadata")
DETAIL_FACTS = (*DETAIL_TEXTS, *STRUCTURES, "success", "recording_expires_at")
WORKED_OUT = (*TIMES, "duration_ms", "status")
"""Facts whose column may differ from what was said, since it must agree with the others."""

LONGEST_SUMMARY = 100_000


def _longest(model: type[Model], name: str, default: int = 0) -> int:
    field = model._meta.get_field(name)
    return getattr(field, "max_length", None) or default


LONGEST = {
    **{name: _longest(Call, name) for name in CALL_TEXTS},
    **{name: _longest(CallDetail, name, LONGEST_SUMMARY) for name in DETAIL_TEXTS},
}
LONGEST_RAW_REASON = _longest(Call, "ended_reason_raw")
LONGEST_CURRENCY = _longest(CallDetail, "cost_currency")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
EARLIEST, LATEST = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR - 1, 12, 31, tzinfo=UTC)
MICRO, LARGEST_COST = Decimal("0.000001"), Decimal(10**8)
NOTHING: tuple[Any, ...] = (None, "", [], {})

Stamp = tuple[int, int, int]
"""How sure (of a status: its phase), when in milliseconds since 1970, and at which rank."""


class Register(NamedTuple):
    stamp: Stamp
    value: Any


Registers = dict[str, Register]
BEFORE_ALL = -(10**15)
"""The moment of a value that no report gave, such as a seeded one: older than any report."""


def registers_of(report: Report) -> Registers:
    """Return what one report says; an empty text or list says nothing."""
    at = (min(max(report.at, EARLIEST), LATEST) - EPOCH) // MILLISECOND
    sureness = report.sureness
    found = {
        fact: Register((sureness.get(fact, SAID), at, report.rank), value)
        for fact, value in _said(report)
        if value not in NOTHING
    }
    if "status" in found:
        found["status"] = Register((PHASES[found["status"].value], at, report.rank), found["status"].value)
    if "started_at" not in found:
        found["started_at"] = Register((GUESS, at, report.rank), EPOCH + at * MILLISECOND)
    return found


def _said(report: Report) -> list[tuple[str, Any]]:
    said: list[tuple[str, Any]] = [("status", report.status), ("success", report.success)]
    for fact, longest in LONGEST.items():
        if (text := getattr(report, fact)) is not None:
            said.append((fact, clean_text(text, longest)))
    for fact in (*TIMES, "recording_expires_at"):
        if (time := getattr(report, fact)) is not None:
            said.append((fact, clean_time(time)))
    for fact in STRUCTURES:
        if structure := getattr(report, fact):
            said.append((fact, clean_json(structure)))
    if report.duration_ms is not None:
        said.append(("duration_ms", clean_duration(report.duration_ms)))
    if report.ending is not None:
        said.append(("ending", _clean_ending(report.ending)))
    if report.cost is not None:
        said.append(("cost", _clean_cost(report.cost)))
    return said


def _clean_ending(ending: Ending) -> Ending:
    raw = clean_text(ending.raw, LONGEST_RAW_REASON)
    return ending if raw == ending.raw else replace(ending, raw=raw)


def _clean_cost(cost: Cost) -> Cost | None:
    try:
        amount = cost.amount.quantize(MICRO)
    except InvalidOperation:
        return None
    if not abs(amount) < LARGEST_COST:
        return None
    return Cost(amount, clean_text(cost.currency, LONGEST_CURRENCY))


def merge(known: Registers, said: Registers) -> None:
    """Let each register of `said` that is better replace the one in `known`."""
    for fact, new in said.items():
        old = known.get(fact)
        if old is None or _is_better(fact, new, old):
            known[fact] = new


def _is_better(fact: str, new: Register, old: Register) -> bool:
    if fact == "started_at" and new.stamp[0] == old.stamp[0] == GUESS and new.value != old.value:
        return bool(new.value < old.value)
    if new.stamp != old.stamp:
        return new.stamp > old.stamp
    return new.value != old.value and _text(new.value) > _text(old.value)


def _text(value: Any) -> str:
    """Return the same text for the same value, also after it has been in a database."""
    if isinstance(value, Ending):
        return "\0".join((value.outcome, value.ended_by, value.reason, value.fault, value.raw))
    if isinstance(value, datetime):
        return f"{(value - EPOCH) / timedelta(microseconds=1):020.0f}"
    if isinstance(value, str):
        return str(value)
    return json.dumps(value, sort_keys=True, default=str)


def call_columns(registers: Registers) -> dict[str, Any]:
    """Return the columns of a call that its reports tell of; the others keep what they have."""
    columns = {fact: registers[fact].value for fact in CALL_TEXTS if fact in registers}
    if ending := registers.get("ending"):
        columns |= {
            "outcome": ending.value.outcome,
            "ended_by": ending.value.ended_by,
            "ended_reason": ending.value.reason,
            "ended_reason_raw": ending.value.raw,
            "fault": ending.value.fault,
        }
    columns |= _agreeing_times(registers)
    has_ended = "ended_at" in registers or (ending is not None and ending.stamp[0] == FINAL)
    if has_ended:
        columns["status"] = Status.ENDED
    elif "status" in registers:
        columns["status"] = registers["status"].value
    return columns


def _agreeing_times(registers: Registers) -> dict[str, Any]:
    started, answered, ended, said = (_value(registers, fact) for fact in (*TIMES, "duration_ms"))
    if registers["started_at"].stamp[0] == GUESS:
        # A guess gives way to what was said: nothing happens in a call before it starts.
        length = timedelta(milliseconds=said or 0)
        started = min(time for time in (started, answered, ended and ended - length) if time)
    if ended and ended < started:
        ended = None
    if answered and (answered < started or (ended and answered > ended)):
        answered = None
    if said is None and ended:
        said = (ended - (answered or started)) // MILLISECOND
    return {"started_at": started, "answered_at": answered, "ended_at": ended, "duration_ms": said}


def detail_columns(registers: Registers) -> dict[str, Any]:
    columns = {fact: registers[fact].value for fact in DETAIL_FACTS if fact in registers}
    if cost := registers.get("cost"):
        columns |= {"cost_amount": cost.value.amount, "cost_currency": cost.value.currency}
    return columns


def _value(registers: Registers, fact: str) -> Any:
    return registers[fact].value if fact in registers else None


def stamps_of(registers: Registers, columns: Mapping[str, Any]) -> dict[str, Any]:
    """Return the stamps as they are kept: `{"facts": {stamp: [names]}, "values": {name: value}}`.

    `values` has what was said where `columns` shows something else.
    """
    facts: dict[Stamp, list[str]] = {}
    for fact, register in registers.items():
        facts.setdefault(register.stamp, []).append(fact)
    stamps: dict[str, Any] = {"facts": {"/".join(map(str, stamp)): names for stamp, names in facts.items()}}
    values = {
        fact: value.isoformat() if isinstance(value, datetime) else value
        for fact in WORKED_OUT
        if (value := _value(registers, fact)) is not None and value != columns.get(fact)
    }
    return stamps | {"values": values} if values else stamps


def registers_from(call: Call, detail: CallDetail | None) -> Registers:
    """Return the registers of a call as it is kept."""
    stamps = detail.stamps if detail is not None else {}
    if not stamps:
        return _unstamped(call, detail)
    values = {
        fact: datetime.fromisoformat(value) if fact in TIMES else value
        for fact, value in stamps.get("values", {}).items()
    }
    registers: Registers = {}
    for text, facts in stamps["facts"].items():
        sureness, at, rank = map(int, text.split("/"))
        for fact in facts:
            value = values[fact] if fact in values else _kept(fact, call, detail)
            registers[fact] = Register((sureness, at, rank), value)
    return registers


def _unstamped(call: Call, detail: CallDetail | None) -> Registers:
    """Return what is known without a report: any report is better, but the status does not go back."""
    facts = (*CALL_TEXTS, *TIMES, "duration_ms", "status", *DETAIL_FACTS)
    registers = {
        fact: Register((GUESS, BEFORE_ALL, 0), value)
        for fact in facts
        if (value := _kept(fact, call, detail)) not in NOTHING
    }
    registers["status"] = Register((PHASES[call.status], BEFORE_ALL, 0), call.status)
    if call.status == Status.ENDED:
        registers["ending"] = Register((GUESS, BEFORE_ALL, 0), _kept("ending", call, detail))
    if (cost := _kept("cost", call, detail)) is not None:
        registers["cost"] = Register((GUESS, BEFORE_ALL, 0), cost)
    return registers


def _kept(fact: str, call: Call, detail: CallDetail | None) -> Any:
    if fact == "ending":
        return Ending(
            Outcome(call.outcome),
            EndedBy(call.ended_by),
            EndedReason(call.ended_reason),
            Fault(call.fault),
            call.ended_reason_raw,
        )
    if fact == "cost":
        if detail is None or detail.cost_amount is None:
            return None
        return Cost(detail.cost_amount, detail.cost_currency)
    if fact in DETAIL_FACTS:
        return getattr(detail, fact) if detail is not None else None
    return getattr(call, fact)
