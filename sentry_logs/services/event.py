from __future__ import annotations

from sentry_logs.answers import ALL_ENVIRONMENTS, Answer, BackendName, Window
from sentry_logs.backends import Found, LogsBackend
from sentry_logs.periods import WIDEST
from sentry_logs.services.asking import Question, ask, with_value
from sentry_logs.whole_event import WholeEvent


def whole_event(
    project: str, event_id: str, *, backend: BackendName, wait: float = 0.0
) -> Answer[WholeEvent]:
    """Return one event in full, by its project's short name and its 32 hexadecimal digits.

    Sentry looks it up whatever its age and environment. Raises StillAsking and LogsUnavailable.
    """
    question = Question("event", backend, ALL_ENVIRONMENTS, WIDEST, (project, event_id))

    def read(logs: LogsBackend, window: Window) -> Found[WholeEvent]:
        return logs.event(project, event_id)

    answer = ask(question, read, wait=wait)
    return with_value(answer, answer.value.value)
