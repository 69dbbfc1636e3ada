"""How every service asks: through the cache, with the client's errors turned into words, in one place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from django.conf import settings

from sentry_logs import cache
from sentry_logs.answers import Answer, Asked, BackendName, Source, Window
from sentry_logs.backends import WALK_SECONDS, Found, LogsBackend, clock_offset, get_backend, origin
from sentry_logs.client import (
    RefusedValue,
    SentryBadQuery,
    SentryConfigError,
    SentryError,
    SentryForbidden,
    SentryNotFound,
    SentryOverloaded,
    SentryProtocolError,
    SentryRateLimited,
    SentryRefused,
    SentryTimeout,
    SentryUnauthorized,
    SentryUnreachable,
)
from sentry_logs.masking import mask_text
from sentry_logs.periods import Period
from sentry_logs.services import canary, manners
from sentry_logs.services.hiding import hide
from sentry_logs.unavailable import FailureCode, LogsUnavailable, QuestionRefused

Value = TypeVar("Value")
Result = TypeVar("Result")

CODES: tuple[tuple[type[SentryError], FailureCode], ...] = (
    (SentryConfigError, "misconfigured"),
    (SentryRateLimited, "rate_limited"),
    (SentryOverloaded, "overloaded"),
    (SentryTimeout, "timeout"),
    (SentryUnreachable, "unreachable"),
    (SentryUnauthorized, "unauthorized"),
    (SentryForbidden, "forbidden"),
    (SentryNotFound, "not_found"),
    (SentryRefused, "refused"),
    (SentryProtocolError, "protocol"),
)
SECOND = timedelta(seconds=1)
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
    """What tells one question from another: its kind, the way it is asked, and all its parameters.

    `dataset` is named when it is another than the backend's own.
    """

    kind: str
    backend: BackendName
    environment: str
    period: Period
    parameters: tuple[object, ...] = ()
    dataset: str = ""

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
    walks: bool = False,
    in_place: bool = False,
) -> Answer[Found[Result]]:
    """Answer from the cache or from Sentry; `read` puts the question to the chosen backend.

    `searched` says that a person's search text is part of it, so that a refusal is about that text; `walks`
    that many pages are read, `in_place` that an answer is never renewed in the background.
    """

    def ask_sentry() -> Answer[Found[Result]]:
        now = datetime.now(UTC)
        backend = translated(lambda: get_backend(question.backend))
        window, found = translated(
            lambda: manners.politely(lambda: by_its_clock(question.period, read, backend, now), wait=wait),
            searched=searched,
        )
        found = replace(found, value=hide(found.value))
        if not question.dataset:
            canary.prove_when_due(question.backend)
        datasets = (question.dataset,) if question.dataset else backend.datasets
        asked = Asked(question.environment, window, datasets, question.backend)
        sources = tuple(Source(dataset, found.state, found.reason or notes(found)) for dataset in datasets)
        whole = not (found.limit or found.skipped)
        return Answer(found, asked, as_of=now, complete=whole, limit=found.limit, sources=sources)

    longest = settings.SENTRY_TIMEOUT + (WALK_SECONDS if walks else 0)
    held = cache.get_or_ask(question.key, ask_sentry, wait=wait, longest=longest, in_place=in_place)
    answer, failure = replace(held.value, refreshing=held.refreshing), held.failure
    return canary.doubted(with_failure(answer, failure) if failure else answer)


def by_its_clock(
    period: Period,
    read: Callable[[LogsBackend, Window], Found[Result]],
    backend: LogsBackend,
    now: datetime,
) -> tuple[Window, Found[Result]]:
    """Ask up to Sentry's own present. The first answer of a process may be the one to tell what that is."""
    known = ahead()
    window = period.window(now + known)
    found = read(backend, window)
    if period.fixed or ahead() <= known + SECOND:
        return window, found
    window = period.window(now + ahead())
    return window, read(backend, window)


def ahead() -> timedelta:
    """Return how far Sentry's clock is ahead of ours; what it says of itself is cut to whole seconds."""
    offset = clock_offset()
    return timedelta(seconds=offset) + SECOND if offset > 0 else timedelta()


def notes(found: Found[Result]) -> str:
    """Say what a person should know of an answer that is otherwise fine."""
    words = []
    if found.skipped:
        words.append(f"{found.skipped:,} row{'' if found.skipped == 1 else 's'} could not be shown.")
    minutes = round(abs(clock_offset()) / 60)
    if minutes:
        way = "ahead of" if clock_offset() > 0 else "behind"
        words.append(f"Sentry's clock is {minutes} minute{'' if minutes == 1 else 's'} {way} ours.")
    return " ".join(words)


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
            raise QuestionRefused(mask_text(error.detail or error.message), "search") from None
        code = next((code for kind, code in CODES if isinstance(error, kind)), OTHERWISE)
        raise LogsUnavailable(mask_text(error.message), _hint(error), code, _retry_at(error)) from None


def checked(act: Callable[[], Value]) -> Value:
    """Run a question of a check: at once, whatever came of others."""
    return translated(lambda: manners.at_once(act))


def _hint(error: SentryError) -> str:
    """Name the variable instead of the client's field, which an administrator has never seen."""
    if not isinstance(error, SentryConfigError) or error.field not in VARIABLES:
        return error.hint
    return f"{VARIABLES[error.field]}: {error.hint.removeprefix(f'{error.field}: ')}"


def _retry_at(error: SentryError) -> datetime | None:
    return datetime.fromtimestamp(error.retry_at, UTC) if error.retry_at else None
