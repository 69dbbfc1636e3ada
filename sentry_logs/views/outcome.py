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
        return Outcome(answer=question())
    except LogsUnavailable as failure:
        return Outcome(unavailable=failure)
    except QuestionRefused as refusal:
        return Outcome(refused=refusal)
    except StillAsking as wait:
        if attempt >= LAST_TRY:
            return Outcome(unavailable=LogsUnavailable("Sentry has not answered yet.", code="timeout"))
        return Outcome(next_look=_next_look(attempt, wait.retry_after))


def attempt_of(text: str) -> int:
    """Return how often a fragment has asked before; anything else than a small number is the first time."""
    return int(text) if len(text) <= 2 and text.isascii() and text.isdigit() else 0


def _next_look(attempt: int, retry_after: float) -> NextLook:
    delay = max(DELAYS[min(attempt, len(DELAYS) - 1)], retry_after)
    # A fifth more or less, so that pages opened together do not come back together.
    return NextLook(attempt + 1, round(delay * random.uniform(0.8, 1.2) * 1000))
