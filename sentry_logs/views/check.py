"""The questions of manage.py sentry_check, asked and shown for administrators."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from sentry_logs.answers import Answer
from sentry_logs.services.check import recent_check
from sentry_logs.services.findings import FAILING, FINE, Finding, exit_status
from sentry_logs.views.loading import page_that_loads
from sentry_logs.views.request import Request, page_or_fragment
from sentry_logs.views.staff import staff_only

VERDICTS = {
    FINE: "Everything that was asked works.",
    FAILING: "Something does not work. See the lines that fail.",
}
WRONG = "The settings are wrong, so Sentry was not asked."


@page_or_fragment
@staff_only
def check(request: Request) -> HttpResponse:
    return page_that_loads(request, "check", lambda wait: recent_check(wait=wait), _shown)


def _shown(answer: Answer[tuple[Finding, ...]]) -> dict[str, Any]:
    status = exit_status(answer.value)
    return {"fine": status == FINE, "verdict": VERDICTS.get(status, WRONG)}
