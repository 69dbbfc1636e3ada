"""The shapes of Sentry's JSON. A cell of the wrong type is empty; only a wrong overall shape is an error."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from sentry_logs.client.exceptions import SentryProtocolError

Model = TypeVar("Model", bound=BaseModel)


def _text_or_none(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None


def _text(value: object) -> str:
    return _text_or_none(value) or ""


def parse_moment(value: object) -> datetime | None:
    """An ISO 8601 text of Sentry as an aware UTC datetime; None for anything else."""
    if not isinstance(value, (str, datetime)):
        return None
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _tags(value: object) -> dict[str, str]:
    """Tags as Sentry lists them, [{"key", "value"}], or already as a dict."""
    if isinstance(value, dict):
        return {_text(key): _text(item) for key, item in value.items() if _text(key)}
    pairs = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    return {_text(pair.get("key")): _text(pair.get("value")) for pair in pairs if _text(pair.get("key"))}


def _object(value: object) -> Any:
    return value if isinstance(value, dict) else {}


Text = Annotated[str, BeforeValidator(_text)]
OptionalText = Annotated[str | None, BeforeValidator(_text_or_none)]
Moment = Annotated[datetime | None, BeforeValidator(parse_moment)]
Tags = Annotated[dict[str, str], BeforeValidator(_tags)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Project(_Shape):
    """A project; `id` is numeric. `slug` and `name` are "" while only the number is known.

    Source: https://docs.sentry.io/api/projects/retrieve-a-project/
    """

    id: Annotated[str, BeforeValidator(_text), Field(pattern=r"^[0-9]{1,20}$")]
    slug: Text = ""
    name: Text = ""


class ProjectEvent(_Shape):
    """An event as the project's list has it; `message` is the real one, `timestamp` aware UTC or None.

    Source: https://docs.sentry.io/api/events/list-a-projects-error-events/
    """

    id: Text = Field("", alias="eventID")
    title: Text = ""
    message: Text = ""
    level: Text = ""
    timestamp: Moment = Field(None, alias="dateCreated")
    transaction: OptionalText = None
    environment: OptionalText = None
    tags: Tags = Field(default_factory=dict)
    culprit: Text = ""
    event_type: Text = Field("", alias="event.type")
    issue_id: OptionalText = Field(None, alias="groupID")
    project_id: OptionalText = Field(None, alias="projectID")
    platform: Text = ""

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> ProjectEvent:
        """Read an item of the list, whose level, environment and transaction are among its tags."""
        tags = _tags(item.get("tags"))
        promoted = {name: tags.get(name, "") for name in ("level", "environment", "transaction")}
        return cls.model_validate({**item, "eventID": item.get("eventID") or item.get("id"), **promoted})


class EventsBody(_Shape):
    """The answer of the organization's events: rows and what Sentry says of them."""

    data: list[Any]
    meta: Annotated[dict[str, Any], BeforeValidator(_object)] = Field(default_factory=dict)

    @property
    def tip(self) -> str:
        """Sentry's remark on the query, or ""."""
        return _text(_object(self.meta.get("tips")).get("query"))


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The X-Sentry-Rate-Limit headers; None where Sentry said nothing, as self-hosted servers do.

    Source: https://docs.sentry.io/api/ratelimits/
    """

    limit: int | None = None
    remaining: int | None = None
    reset_at: int | None = None
    concurrent_limit: int | None = None
    concurrent_remaining: int | None = None

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> RateLimit | None:
        names = ("Limit", "Remaining", "Reset", "ConcurrentLimit", "ConcurrentRemaining")
        texts = [headers.get(f"X-Sentry-Rate-Limit-{name}", "") for name in names]
        numbers = [int(text) if re.fullmatch(r"[0-9]{1,13}", text) else None for text in texts]
        return cls(*numbers) if any(number is not None for number in numbers) else None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of the organization's events. Each row has the asked fields as its keys, in that order.

    A cell that is missing or of a wrong type is None. `bytes` is the size of the answer, `skipped` the
    number of rows that were no objects.
    """

    rows: tuple[Mapping[str, Any], ...]
    next_cursor: str | None = None
    previous_cursor: str | None = None
    rate_limit: RateLimit | None = None
    bytes: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class ProjectEventsPage:
    """Events of one project, newest first; `bytes` and `skipped` as in Page."""

    events: tuple[ProjectEvent, ...]
    next_cursor: str | None = None
    bytes: int = 0
    skipped: int = 0


def shaped(model: type[Model], data: Any) -> Model:
    """Sentry's JSON as a model; SentryProtocolError when it has another shape altogether."""
    try:
        return model.model_validate(data)
    except ValidationError:
        raise SentryProtocolError(status=200) from None
