"""How every service asks: through the cache, with the client's errors turned into words, in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from sentry_logs import cache
from sentry_logs.answers import Answer, Asked, BackendName, Source, Window
from sentry_logs.backends import Found, LogsBackend, get_backend, origin
from sentry_logs.client import (
    RefusedValue,
    SentryBadQuery,
    SentryConfigError,
    SentryError,
    SentryForbidden,
    SentryNotFound,
    SentryProtocolError,
    SentryRateLimited,
    SentryRefused,
    SentryTimeout,
    SentryUnauthorized,
    SentryUnreachable,
)
from sentry_logs.periods import Period
from sentry_logs.unavailable import FailureCode, LogsUnavailable, QuestionRefused

Value = TypeVar("Value")
Result = TypeVar("Result")

CODES: tuple[tuple[type[SentryError], FailureCode], ...] = (
    (SentryConfigError, "misconfigured"),
    (SentryRateLimited, "rate_limited"),
    (SentryTimeout, "timeout"),
    (SentryUnreachable, "unreachable"),
    (SentryUnauthorized, "unauthorized"),
    (SentryForbidden, "forbidden"),
    (SentryNotFound, "not_found"),
    (SentryRefused, "refused"),
    (SentryProtocolError, "protocol"),
)
OTHERWISE: FailureCode = "server_error"
VARIABLES = {
    "url": "SENTRY_URL",
    "org": "SENTRY_ORG",
    "projects": "SENTRY_PROJECT",
    "token": "SENTRY_AUTH_TOKEN",
    "timeout": "SENTRY_TIMEOUT",
    "correlation_tag": "SENTRY_CORRELATION_TAG",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What tells one question from another: its kind, the way it is asked, and all its parameters."""

    kind: str
    backend: BackendName
    environment: str
    period: Period
    parameters: tuple[object, ...] = ()

    @property
    def key(self) -> str:
        """The cache key: also carries where answers come from, and the window once it is fixed."""
        return cache.key_for(self.identity, origin(), self.period.key)

    @property
    def identity(self) -> str:
        """What all pages of one walk have in common; a cursor is bound to it."""
        return cache.key_for(self.kind, self.backend, self.environment, self.period.name, self.parameters)


def ask(
    question: Question,
    read: Callable[[LogsBackend, Window], Found[Result]],
    *,
    wait: float,
    searched: bool = False,
) -> Answer[Found[Result]]:
    """Answer from the cache or from Sentry; `read` puts the question to the chosen backend.

    `searched` says that a person's search text is part of it, so that a refusal is about that text.
    """

    def ask_sentry() -> Answer[Found[Result]]:
        now = datetime.now(UTC)
        window = question.period.window(now)
        backend = translated(lambda: get_backend(question.backend))
        found = translated(lambda: read(backend, window), searched=searched)
        asked = Asked(question.environment, window, backend.datasets, question.backend)
        sources = tuple(Source(dataset) for dataset in backend.datasets)
        return Answer(found, asked, as_of=now, complete=not found.limit, limit=found.limit, sources=sources)

    answer, failure = cache.get_or_ask(question.key, ask_sentry, wait=wait)
    return with_failure(answer, failure) if failure else answer


def with_value(answer: Answer[Found[Result]], value: Value) -> Answer[Value]:
    """Return the same answer about another value."""
    return replace(answer, value=value)  # type: ignore[return-value, arg-type]  # replace() cannot change the type


def with_failure(answer: Answer[Value], failure: LogsUnavailable) -> Answer[Value]:
    """Mark an older answer as stale, and say why there is no newer one."""
    sources = tuple(
        Source(source.dataset, "failed", failure.message, failure.hint) for source in answer.sources
    )
    return replace(answer, stale=True, sources=sources)


def translated(act: Callable[[], Value], *, searched: bool = False) -> Value:
    """Run a question and turn the client's errors into ours."""
    try:
        return act()
    except RefusedValue as refused:
        raise QuestionRefused(refused.reason, "search" if searched else "correlationId") from None
    except SentryError as error:
        if isinstance(error, SentryBadQuery) or (
            searched and isinstance(error, SentryRefused) and error.detail
        ):
            raise QuestionRefused(error.detail or error.message, "search") from None
        code = next((code for kind, code in CODES if isinstance(error, kind)), OTHERWISE)
        raise LogsUnavailable(error.message, _hint(error), code, _retry_at(error)) from None


def _hint(error: SentryError) -> str:
    """Name the variable instead of the client's field, which an administrator has never seen."""
    if not isinstance(error, SentryConfigError) or error.field not in VARIABLES:
        return error.hint
    return f"{VARIABLES[error.field]}: {error.hint.removeprefix(f'{error.field}: ')}"


def _retry_at(error: SentryError) -> datetime | None:
    return datetime.fromtimestamp(error.retry_at, UTC) if error.retry_at else None
