"""An id that no call has may be an event's or a trace's: Sentry knows which call that belongs to."""

from __future__ import annotations

from typing import Any

from dashboard.calls.pasted import read
from sentry_logs.answers import Answer, BackendName, Carried
from sentry_logs.services import LogsUnavailable, QuestionRefused, StillAsking, carried_by


def asked_of_sentry(
    text: str, *, backend: BackendName, wait: float | None
) -> tuple[Answer[Carried] | None, dict[str, Any]]:
    """Return Sentry's answer, if there is one, and what the page says of the question.

    Sentry is waited for as many seconds, and with None not asked yet. A text without such an id is no
    question.
    """
    sentry_ids = read(text).sentry_ids
    if not sentry_ids:
        return None, {}
    try:
        if wait is None:
            raise StillAsking
        answer = carried_by(sentry_ids, backend=backend, wait=wait)
    except StillAsking:
        return None, {"state": "asking", "question": "id"}
    except (LogsUnavailable, QuestionRefused) as failure:
        return None, {"state": "unavailable", "question": "id", "failure": failure}
    return answer, {"sentry": answer}
