from __future__ import annotations

from collections.abc import Sequence

from sentry_logs.answers import ALL_ENVIRONMENTS, Answer, BackendName, Carried, Window
from sentry_logs.backends import Found, LogsBackend
from sentry_logs.periods import WIDEST
from sentry_logs.services.asking import Question, ask, with_value


def carried_by(sentry_ids: Sequence[str], *, backend: BackendName, wait: float = 0.0) -> Answer[Carried]:
    """Return the correlation ids of events or traces, of any environment, as far back as Sentry keeps them.

    An id is 32 hexadecimal digits, with or without dashes. The first that carries any is the answer.
    """
    question = Question("carried by", backend, ALL_ENVIRONMENTS, WIDEST, (tuple(sentry_ids),))

    def read(logs: LogsBackend, window: Window) -> Found[Carried]:
        found = Found(Carried())
        for sentry_id in sentry_ids:
            one = logs.carried_by(sentry_id, window)
            if one.value.correlation_ids:
                return one
            found = one if one.value.is_known or not found.value.is_known else found
        return found

    answer = ask(question, read, wait=wait)
    return with_value(answer, answer.value.value)
