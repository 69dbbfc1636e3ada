from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import get_template

from dashboard import failures
from dashboard.audit.asking import remembered
from dashboard.audit.record import NotRecorded
from dashboard.audit.refused import note_refusal
from dashboard.middleware import answers_json
from sentry_logs.errors import error_response

logger = logging.getLogger(__name__)


class AuditMiddleware:
    """Leave a trace of what was refused, and show nothing where a look could not be recorded."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with remembered(request):
            response = self.get_response(request)
            note_refusal(request, response)
            return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, NotRecorded):
            return None
        trouble = failures.trouble_in(error.__cause__)
        if trouble is not None:
            failures.note(request, error, trouble)
        else:
            logger.error(
                "Nothing was shown at %s, because it could not be recorded.", request.path, exc_info=error
            )
        if answers_json(request):
            message = "This is done only when it can be recorded, and that failed. Try again."
            return error_response(503, "not_recorded", message, retry_after=float(failures.RETRY_AFTER))
        # No request in the context: what fills templates asks the database.
        page = get_template("audit/not_recorded.html").render({})
        return HttpResponse(page, status=503, headers={"Retry-After": str(failures.RETRY_AFTER)})
