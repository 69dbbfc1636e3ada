"""What a voice platform must be able to do: prove that a message is its own, and put it into our words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from dashboard.calls.vocabulary import Platform as PlatformName
from dashboard.ingest.reports import Report


class SignatureRefused(Exception):
    """The message is not proven to be the platform's; the text is for our own people, not for the sender."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        """One of: missing, malformed, wrong, stale, future."""


class Unreadable(Exception):
    """A proven message whose body is not what the platform sends; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Secret:
    """What signs a platform's messages; `key` is the name of it where the platform names one (LiveKit)."""

    text: str = field(repr=False)
    key: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One request as it came: header names in lower case, raw bytes, the address as the sender knows it."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    now: datetime

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message says. `event_key` names the event among all of this platform's, for repetitions."""

    event_type: str
    event_key: str
    at: datetime | None
    is_known_type: bool = True
    reports: Sequence[Report] = ()


class Platform(Protocol):
    name: PlatformName
    content_types: frozenset[str]

    def verify(self, incoming: Incoming, secret: Secret) -> None:
        """Raise SignatureRefused unless `secret` signed these bytes, recently enough."""

    def read(self, incoming: Incoming, environment: str) -> Reading:
        """Return what a proven message says; raise Unreadable for a body that cannot be understood."""

    def kept(self, body: bytes) -> bytes:
        """Return the bytes to keep of a body: all of them but for sound."""
