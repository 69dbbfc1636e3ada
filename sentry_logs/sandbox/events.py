from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sentry_logs.sandbox.titles import culprit_of, group_key, metadata_of, search_text, title_of

LEVELS = ("debug", "info", "warning", "error", "fatal", "sample")


@dataclass(slots=True, eq=False)
class Event:
    """One stored event: the columns that questions ask for, and `payload`, the rest of what was sent.

    `second` is the whole-second epoch time that searches see; `timestamp` keeps the fraction.
    """

    id: str
    project_id: int
    timestamp: datetime
    second: int
    type: str
    level: str
    environment: str | None
    title: str
    message: str
    culprit: str
    transaction: str | None
    release: str | None
    platform: str
    tags: dict[str, str]
    payload: dict[str, Any]
    fingerprint: tuple[str, ...]
    group_id: int = 0


def normalise(data: dict[str, Any], project_id: int, *, long_keys: bool = True) -> Event:
    """Make an Event of a payload as an SDK sends it, as Sentry's event manager would.

    A broken timestamp or id is a ValueError; everything else is bent into shape.
    """
    timestamp = parse_time(data.get("timestamp"))
    level = str(data.get("level") or "error").lower()
    level = level if level in LEVELS else "error"
    kind = _kind(data)
    metadata = metadata_of(data)
    culprit = culprit_of(data)
    return Event(
        id=_event_id(data.get("event_id")),
        project_id=project_id,
        timestamp=timestamp,
        second=int(timestamp.timestamp()),
        type=kind,
        level=level,
        environment=_text(data.get("environment")),
        title=title_of(metadata),
        message=search_text(data, metadata, culprit),
        culprit=culprit,
        transaction=_text(data.get("transaction")),
        release=_text(data.get("release")),
        platform=str(data.get("platform") or "other"),
        tags=_all_tags(data, level, long_keys),
        payload=data,
        fingerprint=group_key(data, metadata, culprit),
    )


def parse_time(value: Any) -> datetime:
    """Read an SDK timestamp: ISO 8601 text, epoch seconds, a datetime, or nothing (now)."""
    if value is None:
        return datetime.now(UTC)
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        moment = datetime.fromtimestamp(value, UTC)
    else:
        moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _event_id(value: Any) -> str:
    return uuid.UUID(str(value)).hex if value else uuid.uuid4().hex


def _kind(data: dict[str, Any]) -> str:
    if data.get("type") == "transaction":
        return "transaction"
    return "error" if exceptions(data) else "default"


def exceptions(data: dict[str, Any]) -> list[dict[str, Any]]:
    """List the chained exceptions of a payload, cause first."""
    return interface_values(data.get("exception"))


def interface_values(interface: Any) -> list[dict[str, Any]]:
    """Read an SDK interface that is `{"values": [...]}` or a bare list."""
    values = interface.get("values") if isinstance(interface, dict) else interface
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _text(value: Any) -> str | None:
    return str(value) if value not in (None, "") else None


def _all_tags(data: dict[str, Any], level: str, long_keys: bool) -> dict[str, str]:
    tags = _own_tags(data.get("tags"), 200 if long_keys else 32)
    tags["level"] = level
    for name in ("environment", "release", "transaction", "server_name", "logger", "dist"):
        if data.get(name):
            tags[name] = str(data[name])
    user = data.get("user")
    if isinstance(user, dict) and user.get("id"):
        tags["user"] = f"id:{user['id']}"
    _add_mechanism(tags, data)
    return tags


def _add_mechanism(tags: dict[str, str], data: dict[str, Any]) -> None:
    for exception in exceptions(data)[-1:]:
        mechanism = exception.get("mechanism") or {}
        if mechanism.get("type"):
            tags["mechanism"] = str(mechanism["type"])
        if mechanism.get("handled") is not None:
            tags["handled"] = "yes" if mechanism["handled"] else "no"


def _own_tags(sent: Any, longest_key: int) -> dict[str, str]:
    """Keep the tags that Sentry keeps: values of 1 to 200 characters on one line, short keys."""
    pairs = sent.items() if isinstance(sent, dict) else _pairs(sent)
    tags: dict[str, str] = {}
    for key, value in pairs:
        text = _tag_text(value)
        if text and len(text) <= 200 and "\n" not in text and 0 < len(str(key)) <= longest_key:
            tags[str(key)] = text
    return tags


def _tag_text(value: Any) -> str:
    if isinstance(value, bool):
        return "True" if value else "False"
    return "" if value is None else str(value).strip()


def _pairs(sent: Any) -> list[tuple[Any, Any]]:
    rows = sent if isinstance(sent, list) else []
    return [(row[0], row[1]) for row in rows if isinstance(row, (list, tuple)) and len(row) == 2]
