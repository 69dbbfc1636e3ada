"""What becomes of messages, for tests of any platform."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as st

from dashboard.ingest import merging
from dashboard.ingest.platforms.base import Incoming, Platform, Unreadable
from dashboard.ingest.reports import Report

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def call_of(reports: Iterable[Report]) -> dict[str, Any]:
    """Return the columns of the call that the reports make in this order."""
    registers: merging.Registers = {}
    for report in reports:
        merging.merge(registers, merging.registers_of(report))
    return merging.call_columns(registers) | merging.detail_columns(registers)


def outcome(platform: Platform, incoming: Incoming) -> str:
    """Return what becomes of a proven message; nothing but Unreadable may come out of reading it."""
    try:
        reading = platform.read(incoming, "production")
    except Unreadable as problem:
        return str(problem)
    for report in reading.reports:
        call_of([report])
    return reading.event_type
