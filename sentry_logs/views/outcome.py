"""What came of a question: an answer, a refusal, a failure, or a wait with the next look already planned."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sentry_logs.answers import Answer
from sentry_logs.services import LogsUnavailable, QuestionRefused, StillAsking

Value = TypeVar("Value")

DELAYS = (2.0, 4.0, 8.0, 15.0)
LAST_TRY = 8
# Weather that passes: a page that has nothing to show looks again by itself.
PASSING = ("unreachable", "timeout", "paused", "rate_limited", "server_error")
LATER = 30.0


@dataclass(frozen=True, slots=True)
class NextLook:
    attempt: int
    milliseconds: int


@dataclass(frozen=True, slots=True)
class Outcome(Generic[Value]):
    answer: Answer[Value] | None = None
    unavailable: LogsUnavailable | None = None
    refused: QuestionRefused | None = None
    next_look: NextLook | None = None


def outcome_of(question: Callable[[], Answer[Value]], *, attempt: int = 0) -> Outcome[Value]:
    try:
        answer = question()
        return Outcome(answer=answer, next_look=_look_for_newer(answer, attempt))
    except LogsUnavailable as failure:
        look = NextLook(0, _spread(LATER)) if failure.code in PASSING else None
        return Outcome(unavailable=failure, next_look=look)
    except QuestionRefused as refusal:
        return Outcome(refused=refusal)
    except StillAsking as wait:
        if attempt >= LAST_TRY:
            return Outcome(unavailable=LogsUnavailable("Sentry has not answered yet.", code="timeout"))
        return Outcome(next_look=_next_look(attempt, wait.retry_after))


def attempt_of(text: str) -> int:
    """Return how often a fragment has asked before; anything else than a small number is the first time."""
    return int(text) if len(text) <= 2 and text.isascii() and text.isdigit() else 0


def _look_for_newer(answer: Answer[Value], attempt: int) -> NextLook | None:
    """Plan to fetch the answer that is on its way; a list that somebody reads is not replaced for less."""
    on_its_way = answer.refreshing and not answer.stale and attempt < LAST_TRY
    return _next_look(attempt, 0.0) if on_its_way else None


def _next_look(attempt: int, retry_after: float) -> NextLook:
    return NextLook(attempt + 1, _spread(max(DELAYS[min(attempt, len(DELAYS) - 1)], retry_after)))


def _spread(delay: float) -> int:
    """Return milliseconds, a fifth more or less, so that pages opened together do not come back together."""
    return round(delay * random.uniform(0.8, 1.2) * 1000)
