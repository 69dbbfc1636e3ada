"""From the id of an event or a trace to the correlation id on it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sentry_logs.answers import Carried
from sentry_logs.client import RefusedValue

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
UNKNOWN = "f" * 32


def in_trace(trace: str) -> dict[str, object]:
    return {"contexts": {"trace": {"trace_id": trace, "span_id": "00f067aa0ba902b7"}}}


@pytest.mark.parametrize("written", [str.lower, str.upper, lambda name: f"{name[:8]}-{name[8:]}"])
def test_an_event_tells_its_call(backend, sandbox, day, now, written):
    event = sandbox.add_event(correlation_id="call-1", timestamp=now - timedelta(minutes=9))
    sandbox.add_event(correlation_id="call-2", timestamp=now - timedelta(minutes=8))

    assert backend.carried_by(written(event), day).value == Carried(("call-1",), is_known=True)


def test_an_event_without_a_call_is_known_nevertheless(backend, sandbox, day, now):
    event = sandbox.add_event(timestamp=now - timedelta(minutes=9))
    assert backend.carried_by(event, day).value == Carried((), is_known=True)


def test_an_unknown_id_is_not_known(backend, sandbox, day, now):
    sandbox.add_event(correlation_id="call-1", timestamp=now - timedelta(minutes=9))
    found = backend.carried_by(UNKNOWN, day)
    assert found.value == Carried() and found.limit == ""


@pytest.mark.parametrize("text", ["", "abc", "g" * 32, "a" * 33, f"{TRACE} OR id:x"])
def test_what_is_no_such_id_is_never_asked(backend, sandbox, day, text):
    with pytest.raises(RefusedValue):
        backend.carried_by(text, day)
    assert sandbox.requests == []


def test_a_trace_tells_its_calls(discover, sandbox, day, now):
    at = now - timedelta(minutes=9)
    sandbox.add_event(timestamp=at, **in_trace(TRACE))
    sandbox.add_event(correlation_id="call-1", timestamp=at, **in_trace(TRACE))
    sandbox.add_event(correlation_id="call-2", timestamp=at, **in_trace("0" * 32))

    assert discover.carried_by(TRACE, day).value == Carried(("call-1",), is_known=True)


def test_a_trace_that_has_log_lines_only_tells_its_call(discover, sandbox, day, now):
    sandbox.add_log(correlation_id="call-7", timestamp=now - timedelta(minutes=9), trace_id=TRACE)
    found = discover.carried_by(TRACE, day).value
    # 23.7.1 keeps no log lines.
    assert found == (Carried() if sandbox.options.old else Carried(("call-7",), is_known=True))
