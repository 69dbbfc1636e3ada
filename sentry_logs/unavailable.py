"""Why there is no answer, in words for the person who asked.

LogsException
├── LogsUnavailable   Sentry could not be asked or did not answer, and nothing older is known
├── QuestionRefused   the question itself is at fault: an id or a search text that cannot be asked
└── StillAsking       somebody is asking the same question at this moment, and nothing older is known
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

FailureCode = Literal[
    "unreachable",
    "timeout",
    "overloaded",
    "paused",
    "rate_limited",
    "unauthorized",
    "forbidden",
    "not_found",
    "refused",
    "server_error",
    "protocol",
    "misconfigured",
]


class LogsException(Exception):
    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class LogsUnavailable(LogsException):
    """`retry_at` is set when it is known from which moment on Sentry is asked again."""

    def __init__(
        self,
        message: str,
        hint: str = "",
        code: FailureCode = "server_error",
        retry_at: datetime | None = None,
    ):
        super().__init__(message, hint)
        self.code = code
        self.retry_at = retry_at


class QuestionRefused(LogsException):
    """`parameter` names what is wrong, in the JSON door's spelling."""

    def __init__(self, message: str, parameter: str) -> None:
        super().__init__(message)
        self.parameter = parameter


class StillAsking(LogsException):
    """`retry_after` is in seconds."""

    def __init__(self, retry_after: float = 2.0) -> None:
        super().__init__("Sentry is being asked this very question. The answer is on its way.")
        self.retry_after = retry_after
