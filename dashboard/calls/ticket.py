"""A call as text to paste elsewhere: for an engineer, and for the customer. The same facts, the same text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from dashboard.calls.models import Call
from dashboard.calls.shape import iso
from dashboard.calls.shown import ShownCall
from dashboard.calls.templatetags.calls import duration_words
from dashboard.calls.verdict import Verdict
from dashboard.calls.vocabulary import Fault, Outcome
from sentry_logs.event_text import place
from sentry_logs.whole_event import WholeEvent

WENT_WELL = frozenset({Outcome.COMPLETED, Outcome.TRANSFERRED, Outcome.VOICEMAIL})
NOT_REACHED = frozenset({Outcome.NO_ANSWER, Outcome.BUSY, Outcome.REJECTED})
OURS = "a technical problem on our side interrupted it. We are sorry for the trouble."
TO_CUSTOMER = {
    Fault.TELEPHONY: "the phone connection was interrupted.",
    Fault.UNKNOWN: "something did not go as it should. We are looking into it and are sorry for the trouble.",
}


@dataclass(frozen=True, slots=True)
class Broken:
    """The last error of a call: its event in full where Sentry gave it, and why not where it did not."""

    event: WholeEvent | None = None
    missing: str = ""


def for_engineer(call: Call, verdict: Verdict, broken: Broken) -> str:
    """Return ids, times in UTC, the verdict, the top of the stack and links; personal data is masked."""
    return "\n".join(_for_engineer(call, verdict, broken)) + "\n"


def _for_engineer(call: Call, verdict: Verdict, broken: Broken) -> Iterator[str]:
    shown = ShownCall(call)
    yield f"{verdict.what} [{call.environment}]"
    yield ""
    yield f"Correlation id: {call.platform_call_id} ({call.get_platform_display()})"
    for alias in sorted(call.aliases.all(), key=lambda alias: (alias.kind, alias.value)):
        yield f"{alias.kind}: {alias.value}"
    yield f"Started: {iso(call.started_at)}, ended: {iso(call.ended_at) or 'not yet'}, {_length(call)}"
    yield f"Line: {call.line or 'not known'}, agent: {_agent(call)}"
    yield f"From {shown.from_number or 'not known'} to {shown.to_number or 'not known'}"
    yield f"Whose part: {verdict.whose}"
    yield ""
    yield "Why:"
    for sign in verdict.because:
        yield f"- {sign.text}" + (f" (at {sign.at:.0f} s)" if sign.at is not None else "")
    yield ""
    yield from _error(broken)
    yield f"Call: {settings.PUBLIC_URL}{call.get_absolute_url()}"


def _error(broken: Broken) -> Iterator[str]:
    if broken.event is None:
        yield broken.missing
        return
    event = broken.event
    yield f"Last error: {event.title}"
    yield f"At {iso(event.timestamp) or 'an unknown time'}, event {event.id}" + (
        f", release {event.release}" if event.release else ""
    )
    if event.raised and (frames := event.raised[0].ours or event.raised[0].frames):
        yield f"In {place(frames[0])}"
        yield from (f"  {line.text.strip()}" for line in frames[0].lines if line.number == frames[0].line)
    if event.permalink:
        yield f"Sentry: {event.permalink}"


def for_customer(call: Call, verdict: Verdict, zone: ZoneInfo) -> str:
    """Return plain sentences without blame and without anybody's data, in the customer's time."""
    when = _spoken(call.started_at.astimezone(zone))
    what = "your call to" if call.is_inbound else "our call from"
    opening = f"About {what} {call.line or 'us'} on {when}:"
    if call.in_progress:
        return f"{opening} it is still going on.\n"
    if call.outcome in NOT_REACHED and not call.is_inbound:
        return f"{opening} we could not reach you. We are glad to call again at a time that suits you.\n"
    if call.outcome in WENT_WELL and not verdict.silent:
        return f"{opening} it was completed as planned. If anything is missing, please tell us.\n"
    if verdict.part in (Fault.CALLER, Fault.NONE):
        return f"{opening} it ended before we could finish. We are glad to call you back.\n"
    return f"{opening} {TO_CUSTOMER.get(verdict.part, OURS)} We are glad to call you back.\n"


def _spoken(moment: datetime) -> str:
    return f"{moment:%A} {moment.day} {moment:%B} at {moment:%H:%M} ({moment.tzname()})"


def _length(call: Call) -> str:
    return duration_words(call.seconds) or "length not known"


def _agent(call: Call) -> str:
    return " ".join(text for text in (call.agent_name, call.agent_version) if text) or "not known"
