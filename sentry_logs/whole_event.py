"""One event as a person reads it: what was raised and where, what came before, in what surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

Pairs = tuple[tuple[str, str], ...]
"""Names with their values, as text."""


@dataclass(frozen=True, slots=True)
class SourceLine:
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Frame:
    """A place in the code. `lines` are the source lines around `line`, `variables` what they held."""

    file: str
    module: str
    function: str
    line: int | None
    ours: bool
    lines: tuple[SourceLine, ...] = ()
    variables: Pairs = ()

    @property
    def opens(self) -> bool:
        return bool(self.lines or self.variables)


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception or a stack; `frames` begin with the call that failed. `handled` is None when not told."""

    type: str
    value: str
    frames: tuple[Frame, ...] = ()
    handled: bool | None = None

    @property
    def ours(self) -> tuple[Frame, ...]:
        return tuple(frame for frame in self.frames if frame.ours)

    @property
    def library(self) -> tuple[Frame, ...]:
        return tuple(frame for frame in self.frames if not frame.ours)


@dataclass(frozen=True, slots=True)
class Crumb:
    """Something that happened before the event."""

    at: datetime | None
    level: str
    category: str
    text: str


@dataclass(frozen=True, slots=True)
class WholeEvent:
    """An event with all that Sentry gives; `raised` begins with what ended the work, then come its causes."""

    id: str
    title: str
    message: str
    timestamp: datetime | None
    raised: tuple[Raised, ...] = ()
    crumbs: tuple[Crumb, ...] = ()
    request: Pairs = ()
    user: Pairs = ()
    tags: Pairs = ()
    contexts: tuple[tuple[str, Pairs], ...] = ()
    extra: Pairs = ()
    release: str = ""
    issue_id: str = ""
    project: str = ""
    permalink: str = ""
    left_out: tuple[str, ...] = ()
    """What is longer than a page can take, in words."""
