"""A call as the API and files give it, checked and turned into a Report."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal, NotRequired, Self

from django.conf import settings
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel
from typing_extensions import TypedDict  # pydantic asks for this one below Python 3.12

from dashboard.calls.models import Call, CallDetail
from dashboard.calls.shown import is_masked
from dashboard.calls.vocabulary import (
    Direction,
    EndedBy,
    EndedReason,
    Fault,
    Outcome,
    Platform,
    Status,
)
from dashboard.ingest.fields import (
    Amount,
    Flag,
    Link,
    LongText,
    Measure,
    Milliseconds,
    Moment,
    Name,
    Value,
    Word,
    bounded,
    narrow,
    wrong,
)
from dashboard.ingest.platforms import reasons
from dashboard.ingest.platforms.reading import LONGEST_URL, phone
from dashboard.ingest.reports import Alias, Cost, Ending, Report

MOST_TURNS = 5_000
MOST_TOOL_CALLS = 1_000
MOST_ALIASES = 100

NARROW = BeforeValidator(narrow)
CLOSED = ConfigDict(extra="forbid")
ENDING = {"outcome": "outcome", "ended_by": "ended_by", "ended_reason": "reason", "fault": "fault"}
"""The parts of an ending, by their names here."""
UNKNOWN = "unknown"
READ_ONLY = frozenset({"url", "createdAt", "updatedAt"})
PERSONAL = frozenset(
    [
        *("fromNumber", "toNumber", "endedReasonRaw", "transcript", "toolCalls", "summary", "transferTo"),
        *("recordingUrl", "metadata"),
    ]
)
"""What is given out masked."""
PLAIN = (
    *("status", "direction", "line", "agent_id", "agent_name", "agent_version"),
    *("started_at", "answered_at", "ended_at", "duration_ms", "transcript", "tool_calls", "summary"),
    *("success", "sentiment", "transfer_to", "language", "recording_url", "recording_expires_at"),
    *("latency", "metadata"),
)
"""What a report calls by the same name, and holds in the same form."""


def _is_ours(name: str, fact: Any) -> bool:
    return name in READ_ONLY or (name in PERSONAL and is_masked(fact))


def known_environment(name: str) -> str:
    if name not in settings.SENTRY_ENVIRONMENTS:
        raise wrong(f"Must be one of: {', '.join(settings.SENTRY_ENVIRONMENTS)}.")
    return name


def _text(model: type[Call | CallDetail], name: str, about: str) -> Any:
    """Return a text that fits into its column."""
    column = model._meta.get_field(name)
    return Field(None, max_length=getattr(column, "max_length", None), description=about)


Since = Annotated[Milliseconds | None, Field(description="Milliseconds since the start of the call.")]


class TurnIn(TypedDict):
    """One thing that was said."""

    __pydantic_config__ = CLOSED  # type: ignore[misc]  # pydantic's way to configure a TypedDict

    role: Annotated[Literal["agent", "caller", "tool", "system"], Field(description="Who said it.")]
    text: Annotated[LongText, Field(description="What was said.")]
    atMs: NotRequired[Since]
    endMs: NotRequired[Since]


class ToolCallIn(TypedDict):
    """One use of a tool."""

    __pydantic_config__ = CLOSED  # type: ignore[misc]

    name: Annotated[Name, Field(description="The tool's name.")]
    atMs: NotRequired[Since]
    arguments: NotRequired[Annotated[Value, Field(description="What it was given; up to 64 kB.")]]
    result: NotRequired[Annotated[Value, Field(description="What it answered; up to 64 kB.")]]
    failed: NotRequired[Annotated[Flag | None, Field(description="Whether it failed.")]]
    latencyMs: NotRequired[
        Annotated[Milliseconds | None, Field(description="How long it took, in milliseconds.")]
    ]


class CostIn(TypedDict):
    """What a call cost."""

    __pydantic_config__ = CLOSED  # type: ignore[misc]

    amount: Annotated[Amount, Field(description="Up to six digits after the point.")]
    currency: Annotated[
        str, Field(pattern="^([A-Z]{3}|credits)$", description="Three letters such as USD, or “credits”.")
    ]


class AliasIn(TypedDict):
    """Another id of a call."""

    __pydantic_config__ = CLOSED  # type: ignore[misc]

    kind: Annotated[Word, Field(description="What it is, such as trace_id.")]
    value: Annotated[Name, Field(description="The id.")]


class CallIn(BaseModel):
    """What is told of one call. Left out, null or empty means that nothing is said of it."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, frozen=True)

    platform: Platform = Field(Platform.OTHER, description="Who carried the call; your own is “other”.")
    platform_call_id: Name = Field(
        description="The platform's own id, which Sentry knows as correlation id. With platform and "
        "environment it names the call: posting it again updates the call."
    )
    environment: Annotated[str, AfterValidator(known_environment)] | None = Field(
        None, description="One of SENTRY_ENVIRONMENTS. A key for one environment needs none here."
    )
    direction: Direction | None = Field(None, description="Who called whom; inbound until it is said.")
    from_number: str | None = _text(
        Call, "from_number", "The number that called; its punctuation is dropped."
    )
    to_number: str | None = _text(Call, "to_number", "The number that was called.")
    line: str | None = _text(Call, "line", "The business that was called.")
    agent_id: str | None = _text(Call, "agent_id", "The agent's id.")
    agent_name: str | None = _text(Call, "agent_name", "The agent's name, as people read it.")
    agent_version: str | None = _text(Call, "agent_version", "The agent's version or release.")
    status: Status | None = Field(
        None, description="How far the call is. It never goes back; a call that says how it ended has ended."
    )
    outcome: Outcome | None = Field(
        None,
        description="How it went. This and the next four belong together: a report that names one replaces "
        "all five.",
    )
    ended_by: EndedBy | None = Field(None, description="Who ended it.")
    ended_reason: EndedReason | None = Field(None, description="Why it ended, in our words.")
    ended_reason_raw: str | None = _text(
        Call, "ended_reason_raw", "Why it ended, as the platform said it; alone it is put into our words."
    )
    fault: Fault | None = Field(None, description="Whose fault it was that it went wrong.")
    started_at: Moment | None = Field(None, description="When it started; else when it was first told of.")
    answered_at: Moment | None = Field(None, description="When somebody answered.")
    ended_at: Moment | None = Field(None, description="When it ended; not before it started.")
    duration_ms: Milliseconds | None = Field(None, description="How long it lasted, in milliseconds.")
    transcript: list[Annotated[TurnIn, NARROW]] | None = Field(
        None,
        max_length=MOST_TURNS,
        fail_fast=True,
        description="What was said, in order. Each list replaces the one before. Times since the start.",
    )
    tool_calls: list[Annotated[ToolCallIn, NARROW]] | None = Field(
        None, max_length=MOST_TOOL_CALLS, fail_fast=True, description="Which tools the agent used, in order."
    )
    summary: LongText | None = Field(None, description="What the call was about.")
    success: Flag | None = Field(None, description="Whether the caller got what they wanted.")
    sentiment: str | None = _text(CallDetail, "sentiment", "The caller's mood, in the platform's words.")
    transfer_to: str | None = _text(CallDetail, "transfer_to", "The number or person it was passed to.")
    language: str | None = _text(CallDetail, "language", "The language spoken, best as en-GB.")
    recording_url: Annotated[Link, Field(max_length=LONGEST_URL)] | None = Field(
        None, description="Where the recording is; it is linked, never fetched."
    )
    recording_expires_at: Moment | None = Field(None, description="Until when that link works.")
    cost: Annotated[CostIn, NARROW] | None = Field(
        None, description="What it cost: an amount in a currency such as USD, or in “credits”."
    )
    latency: Annotated[dict[Word, Measure], NARROW] | None = Field(
        None,
        max_length=MOST_ALIASES,
        description="Milliseconds by name: turnAvgMs, turnP50Ms, turnP95Ms, llmP50Ms, ttsAvgMs and so on.",
    )
    metadata: Annotated[dict[str, Any], AfterValidator(bounded)] | None = Field(
        None, description="Anything else, kept as it came; up to 64 kB."
    )
    aliases: list[Annotated[AliasIn, NARROW]] = Field(
        default=[],
        max_length=MOST_ALIASES,
        fail_fast=True,
        description="Other ids of the call, such as twilio_call_sid or trace_id; search finds it by them.",
    )
    reported_at: Moment | None = Field(
        None,
        description="When this was true; now, if left out. Of two reports the later one is believed, "
        "whichever arrives first.",
    )

    @model_validator(mode="before")
    @classmethod
    def without_what_we_add(cls, value: Any) -> Any:
        """Let a call come back as it was given out, with what only we know of it, or masked.

        A masked value says nothing of a call; it must not replace the one that it hides.
        """
        if isinstance(value, dict) and not (READ_ONLY | PERSONAL).isdisjoint(value):
            value = {name: fact for name, fact in value.items() if not _is_ours(name, fact)}
        return narrow(value)

    @model_validator(mode="after")
    def ends_after_it_starts(self) -> Self:
        if self.started_at and self.ended_at and self.ended_at < self.started_at:
            raise wrong("endedAt is before startedAt.")
        return self

    def to_report(self, default_environment: str, now: datetime) -> Report:
        """Return what this says. A report from the future is one from now: it could never be corrected."""
        said: dict[str, Any] = {name: getattr(self, name) for name in PLAIN}
        said = {name: value for name, value in said.items() if value not in (None, "")}
        ending = self._ending()
        if ending or self.ended_at:
            said["status"] = Status.ENDED
        return Report(
            platform=self.platform,
            platform_call_id=self.platform_call_id,
            environment=self.environment or default_environment,
            at=min(self.reported_at or now, now),
            from_number=phone(self.from_number),
            to_number=phone(self.to_number),
            ending=ending,
            cost=Cost(self.cost["amount"], self.cost["currency"]) if self.cost else None,
            aliases=frozenset(Alias(alias["kind"], alias["value"]) for alias in self.aliases),
            **said,
        )

    def _ending(self) -> Ending | None:
        """Return how it ended; what is left out follows from the platform's own reason, if that is given."""
        said = {part: getattr(self, name) for name, part in ENDING.items()}
        given = {part: value for part, value in said.items() if value and value != UNKNOWN}
        raw = self.ended_reason_raw or ""
        if not given and not raw:
            return None
        has_rules = raw and self.platform in reasons.RULES
        known = reasons.ending(self.platform, raw) if has_rules else Ending(raw=raw)
        return replace(known, **given, is_known=known.is_known or "reason" in given)
