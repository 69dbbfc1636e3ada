from __future__ import annotations

from sentry_logs.answers import Answer, BackendName, IssueCalls, Window
from sentry_logs.backends import Found, LogsBackend
from sentry_logs.periods import Period
from sentry_logs.services.asking import Question, ask, with_value


def calls_of_issue(
    issue: str, *, backend: BackendName, environment: str, period: Period, wait: float = 0.0
) -> Answer[IssueCalls]:
    """Return which calls an issue of Sentry hit, by its number. Raises as every question does."""
    question = Question("issue", backend, environment, period, (issue,))

    def read(logs: LogsBackend, window: Window) -> Found[IssueCalls]:
        return logs.issue_calls(issue, environment, window)

    answer = ask(question, read, wait=wait, walks=True)
    return with_value(answer, answer.value.value)
