from __future__ import annotations

import re
from typing import Any

MESSAGE_LIMIT = 8192
NUMBERS = re.compile(r"\b(?:[0-9a-f]{8,}|\d+(?:\.\d+)?)\b")


def metadata_of(data: dict[str, Any]) -> dict[str, str]:
    """Take from a payload what its issue is named by: type, value, file and function, or the title.

    Source: Sentry 23.7.1 source, eventtypes/error.py and eventtypes/base.py.
    """
    exception = _last_exception(data)
    if exception is None:
        return {"title": _message_title(data)}
    metadata = {
        "type": _trim(str(exception.get("type") or ""), 128),
        "value": _trim(str(exception.get("value") or ""), 1024),
    }
    frame = _crash_frame(exception)
    if frame:
        metadata["filename"] = str(frame.get("filename") or "")
        metadata["function"] = str(frame.get("function") or "")
    return {key: value for key, value in metadata.items() if value}


def title_of(metadata: dict[str, str]) -> str:
    """Name the issue: `Type: first line of the value`, or the first line of the message."""
    if "title" in metadata:
        return metadata["title"]
    name = metadata.get("type") or metadata.get("function") or "<unknown>"
    lines = metadata.get("value", "").splitlines()
    return f"{name}: {truncate(lines[0], 100)}" if lines else name


def search_text(data: dict[str, Any], metadata: dict[str, str], culprit: str) -> str:
    """Build the searchable `message`: log text, metadata and culprit, each once.

    Source: Sentry 23.7.1 source, eventstore/models.py `search_message`.
    """
    text = log_text(data)
    for value in (*metadata.values(), culprit):
        if value not in text:
            text = f"{text} {value}"
    return _trim(text.strip(), MESSAGE_LIMIT)


def log_text(data: dict[str, Any]) -> str:
    """Give the message itself, as logged; empty for a plain exception."""
    entry = data.get("logentry") or data.get("message") or ""
    if isinstance(entry, dict):
        entry = entry.get("formatted") or entry.get("message") or ""
    return str(entry)


def culprit_of(data: dict[str, Any]) -> str:
    """Say where it happened: the transaction, else the innermost frame of our own code."""
    if data.get("culprit") or data.get("transaction"):
        return str(data.get("culprit") or data["transaction"])
    exception = _last_exception(data)
    frame = _crash_frame(exception) if exception else None
    if not frame:
        return ""
    place = frame.get("module") or frame.get("filename") or "?"
    return f"{place} in {frame['function']}" if frame.get("function") else str(place)


def group_key(data: dict[str, Any], metadata: dict[str, str], culprit: str) -> tuple[str, ...]:
    """Say which events belong to one issue: a given fingerprint, else kind and place."""
    given = data.get("fingerprint")
    if isinstance(given, list) and given and given != ["{{ default }}"]:
        return tuple(str(part) for part in given)
    if "title" not in metadata:
        return ("exception", metadata.get("type", ""), metadata.get("function", "") or culprit)
    entry = data.get("logentry")
    template = entry.get("message") if isinstance(entry, dict) else None
    return ("message", NUMBERS.sub("#", str(template or metadata["title"])))


def truncate(text: str, length: int) -> str:
    """Cut a text so that it has at most `length` characters, the last three being dots."""
    return text if len(text) <= length else text[: length - 3] + "..."


def _message_title(data: dict[str, Any]) -> str:
    if data.get("type") == "transaction":
        return str(data.get("transaction") or "<unlabeled transaction>")
    lines = log_text(data).strip().splitlines()
    return truncate(lines[0], 100) if lines else "<unlabeled event>"


def _last_exception(data: dict[str, Any]) -> dict[str, Any] | None:
    interface = data.get("exception")
    values = interface.get("values") if isinstance(interface, dict) else interface
    last = values[-1] if isinstance(values, list) and values else None
    return last if isinstance(last, dict) else None


def _crash_frame(exception: dict[str, Any]) -> dict[str, Any] | None:
    frames = (exception.get("stacktrace") or {}).get("frames") or []
    own = [frame for frame in frames if frame.get("in_app")]
    chosen = own or frames
    return dict(chosen[-1]) if chosen else None


def _trim(text: str, length: int) -> str:
    return text if len(text) <= length else truncate(text, length)
