from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from sentry_logs.unavailable import FailureCode, LogsUnavailable


@dataclass(frozen=True, slots=True)
class Pause:
    """A failure to remember, and until when (epoch seconds) nobody need ask again."""

    message: str
    hint: str
    code: FailureCode
    seconds: float
    until: float
    named: bool

    @classmethod
    def after(cls, failure: LogsUnavailable, seconds: float, *, named: bool = False) -> Pause:
        """`named` says that people are told the moment."""
        until = time.time() + seconds
        return cls(failure.message, failure.hint, failure.code, seconds, until, named)

    @property
    def is_over(self) -> bool:
        return time.time() >= self.until

    def failure(self) -> LogsUnavailable:
        moment = datetime.fromtimestamp(self.until, UTC) if self.named else None
        return LogsUnavailable(self.message, self.hint, self.code, moment)
