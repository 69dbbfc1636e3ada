"""One event as text for a ticket or a chat, and as JSON for a program. Both are what the page shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from sentry_logs.whole_event import Frame, Pairs, Raised, WholeEvent


def as_json(event: WholeEvent) -> str:
    return json.dumps(asdict(event), ensure_ascii=False, indent=2, default=str)


def as_text(event: WholeEvent) -> str:
    return "\n".join(_lines(event))


def _lines(event: WholeEvent) -> Iterator[str]:
    yield event.title
    if event.message:
        yield event.message
    when = event.timestamp.isoformat(timespec="seconds") if event.timestamp else "time not known"
    yield f"{when} · event {event.id}" + (f" · release {event.release}" if event.release else "")
    if event.permalink:
        yield event.permalink
    for raised in event.raised:
        yield ""
        yield from _raised(raised)
    if event.crumbs:
        yield "\nBefore it:"
    for crumb in event.crumbs:
        at = crumb.at.strftime("%H:%M:%S.%f")[:-3] if crumb.at else "?"
        yield f"  {at} {crumb.level} {crumb.category}: {crumb.text}"
    for heading, pairs in (("Request", event.request), ("Tags", event.tags), ("User", event.user)):
        yield from _pairs(heading, pairs)


def _raised(raised: Raised) -> Iterator[str]:
    yield ": ".join(text for text in (raised.type, raised.value) if text) or "Stack"
    for frame in raised.frames:
        yield f"  {place(frame)}"
        yield from (f"      {line.text.strip()}" for line in frame.lines if line.number == frame.line)


def place(frame: Frame) -> str:
    """Return where a frame is, such as "agent/speech.py in synthesize, line 88"."""
    where = frame.file or frame.module or "unknown file"
    inside = f" in {frame.function}" if frame.function else ""
    return f"{where}{inside}" + (f", line {frame.line}" if frame.line is not None else "")


def _pairs(heading: str, pairs: Pairs) -> Iterator[str]:
    if pairs:
        yield f"\n{heading}:"
    yield from (f"  {name}: {value}" for name, value in pairs)
