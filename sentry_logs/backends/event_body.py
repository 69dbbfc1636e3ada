"""Sentry's JSON of one event, read into ours. Whatever is missing or of another kind is left out.

Shapes: https://docs.sentry.io/api/events/retrieve-an-event-for-a-project/ and Sentry 23.7.1,
api/serializers/models/event.py. Frames come oldest call first, and causes before what they caused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sentry_logs.client import SentryClient
from sentry_logs.masking import mask_json
from sentry_logs.whole_event import Crumb, Frame, Pairs, Raised, SourceLine, WholeEvent

MOST_RAISED = 20
MOST_FRAMES = 100
MOST_CRUMBS = 100
MOST_PAIRS = 100
LONGEST = 4_000
LONGEST_LINE = 500
# Cut long before, too, so that no text can keep the mask busy, and far enough behind to cut no number in two.
LONGEST_READ = 5 * LONGEST

Mask = Callable[[str, str], str]
"""Returns a text as it may be shown, by itself and the name of its field."""


def whole_event(client: SentryClient, project: str, event_id: str) -> WholeEvent:
    """Fetch one event by its project's short name; raises the client's errors."""
    data = client.event(project, event_id)
    issue = _text(data.get("groupID")) or None
    link = client.permalink(event_id=event_id, issue_id=issue, project_slug=project)
    return read_event(data, permalink=link, mask=mask_field)


def read_event(data: Mapping[str, Any], *, permalink: str | None, mask: Mask) -> WholeEvent:
    """Return the event; `mask` is applied to every text that a person may have said or typed."""

    def shown(text: str, label: str) -> str:
        return _cut(mask(text, label), LONGEST)

    return _read(data, permalink or "", shown)


def _read(data: Mapping[str, Any], permalink: str, mask: Mask) -> WholeEvent:
    entries = {
        _text(entry.get("type")): _mapping(entry.get("data")) for entry in _mappings(data.get("entries"))
    }
    raised, frames_left = _raised(entries, mask)
    crumbs = _items(entries, "breadcrumbs")
    left_out = [
        *frames_left,
        *([f"{len(crumbs) - MOST_CRUMBS:,} earlier breadcrumbs"] if len(crumbs) > MOST_CRUMBS else []),
    ]
    return WholeEvent(
        id=_text(data.get("eventID") or data.get("id")),
        title=mask(_text(data.get("title")), ""),
        message=mask(_message(data, entries), ""),
        timestamp=_moment(data.get("dateCreated") or data.get("dateReceived")),
        raised=raised,
        crumbs=tuple(_crumb(one, mask) for one in crumbs[-MOST_CRUMBS:]),
        request=_request(entries.get("request", {}), mask),
        user=_pairs(_mapping(data.get("user")), mask, person=True),
        tags=tuple(_tags(data.get("tags"), mask)),
        contexts=tuple(_contexts(data.get("contexts"), mask)),
        extra=_pairs(_mapping(data.get("context")), mask),
        release=_release(data),
        issue_id=_text(data.get("groupID")),
        project=_text(data.get("projectSlug")),
        permalink=permalink,
        left_out=tuple(left_out),
    )


def mask_field(text: str, label: str) -> str:
    return str(next(iter(mask_json({label: text}).values())))


def _message(data: Mapping[str, Any], entries: Mapping[str, Mapping[str, Any]]) -> str:
    formatted = _text(entries.get("message", {}).get("formatted")) or _text(data.get("message"))
    return "" if formatted == _text(data.get("title")) else formatted


def _raised(entries: Mapping[str, Mapping[str, Any]], mask: Mask) -> tuple[tuple[Raised, ...], list[str]]:
    values = _items(entries, "exception")
    if not values:
        # An event that was only logged may carry the stack of the thread that logged it.
        threads = _items(entries, "threads")
        stacks = [thread for thread in threads if thread.get("stacktrace")]
        values = sorted(stacks, key=lambda thread: bool(thread.get("crashed") or thread.get("current")))[-1:]
    if not values and entries.get("stacktrace"):
        values = [{"stacktrace": entries["stacktrace"]}]
    shown = list(reversed(values))[:MOST_RAISED]
    left_out = [f"{len(values) - MOST_RAISED:,} more causes"] if len(values) > MOST_RAISED else []
    frames = max((len(_frames_of(one)) for one in shown), default=0)
    if frames > MOST_FRAMES:
        left_out.append(f"the outermost {frames - MOST_FRAMES:,} calls of a stack")
    return tuple(_one_raised(one, mask) for one in shown), left_out


def _one_raised(value: Mapping[str, Any], mask: Mask) -> Raised:
    handled = _mapping(value.get("mechanism")).get("handled")
    frames = tuple(_frame(one, mask) for one in reversed(_frames_of(value)[-MOST_FRAMES:]))
    return Raised(
        type=_text(value.get("type")),
        value=mask(_text(value.get("value")), ""),
        frames=frames,
        handled=handled if isinstance(handled, bool) else None,
    )


def _frames_of(value: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return _mappings(_mapping(value.get("stacktrace")).get("frames"))


def _frame(frame: Mapping[str, Any], mask: Mask) -> Frame:
    return Frame(
        file=_text(frame.get("filename") or frame.get("absPath")),
        module=_text(frame.get("module")),
        function=_text(frame.get("function")),
        line=_number(frame.get("lineNo")),
        ours=frame.get("inApp") is True,
        lines=tuple(_lines(frame.get("context"))),
        variables=_pairs(_mapping(frame.get("vars")), mask),
    )


def _lines(context: Any) -> Iterator[SourceLine]:
    for pair in _sequence(context):
        numbered = _sequence(pair)
        if len(numbered) == 2 and (number := _number(numbered[0])) is not None:
            yield SourceLine(number, _cut(_text(numbered[1]), LONGEST_LINE))


def _crumb(crumb: Mapping[str, Any], mask: Mask) -> Crumb:
    said = [mask(_text(crumb.get("message")), "")]
    said += [f"{name}: {value}" for name, value in _pairs(_mapping(crumb.get("data")), mask)]
    return Crumb(
        at=_moment(crumb.get("timestamp")),
        level=_text(crumb.get("level")) or "info",
        category=_text(crumb.get("category") or crumb.get("type")),
        text=" · ".join(text for text in said if text),
    )


def _request(request: Mapping[str, Any], mask: Mask) -> Pairs:
    asked = (_sequence(pair) for pair in _sequence(request.get("query")))
    query = "&".join("=".join(map(_text, pair)) for pair in asked)
    address = _text(request.get("url")) + (f"?{query}" if query else "")
    found = [("address", " ".join(text for text in (_text(request.get("method")), address) if text))]
    found += [("fragment", _text(request.get("fragment"))), ("body", _text(request.get("data")))]
    headers = (_sequence(pair) for pair in _sequence(request.get("headers")))
    found += [(_text(pair[0]), _text(pair[1])) for pair in headers if len(pair) == 2]
    return tuple(
        (name, mask(value, "" if name in ("address", "body") else name))
        for name, value in found[:MOST_PAIRS]
        if value
    )


def _tags(tags: Any, mask: Mask) -> Iterator[tuple[str, str]]:
    for tag in _mappings(tags)[:MOST_PAIRS]:
        name = _text(tag.get("key"))
        yield name, mask(_text(tag.get("value")), name)


def _contexts(contexts: Any, mask: Mask) -> Iterator[tuple[str, Pairs]]:
    for name, context in list(_mapping(contexts).items())[:MOST_PAIRS]:
        facts = {key: value for key, value in _mapping(context).items() if key != "type"}
        if pairs := _pairs(facts, mask):
            yield mask(str(name), ""), pairs


def _release(data: Mapping[str, Any]) -> str:
    release = data.get("release")
    if isinstance(release, Mapping):
        release = release.get("version")
    tags = (tag for tag in _mappings(data.get("tags")) if tag.get("key") == "release")
    return _text(release) or next((_text(tag.get("value")) for tag in tags), "")


def _pairs(facts: Mapping[str, Any], mask: Mask, *, person: bool = False) -> Pairs:
    named = ((str(name), _text(value)) for name, value in list(facts.items())[:MOST_PAIRS])
    return tuple(
        (mask(name, ""), mask(text, "full_name" if person and name == "name" else name))
        for name, text in named
        if text
    )


def _items(entries: Mapping[str, Mapping[str, Any]], name: str) -> Sequence[Mapping[str, Any]]:
    return _mappings(entries.get(name, {}).get("values"))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()


def _mappings(value: Any) -> Sequence[Mapping[str, Any]]:
    return [item for item in _sequence(value) if isinstance(item, Mapping)]


def _text(value: Any) -> str:
    if value is None or value == {} or value == []:
        return ""
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return _cut(written, LONGEST_READ)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _moment(value: Any) -> datetime | None:
    """Read what Sentry writes as a time, ISO 8601 or seconds since 1970."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
