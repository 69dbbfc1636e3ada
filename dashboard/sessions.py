from __future__ import annotations

import logging
import re

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.db import Error
from django.http import HttpRequest, HttpResponse

from dashboard.failures import answer_to, trouble_in

logger = logging.getLogger(__name__)

KEY = re.compile("[a-z0-9]{1,40}")
READING = ("GET", "HEAD", "OPTIONS")


class SessionMiddleware(DjangoSessionMiddleware):
    """Keep pages readable while sessions cannot be saved, and say so where something was to be changed."""

    def process_request(self, request: HttpRequest) -> None:
        key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
        # A cookie can spell a NUL, about which PostgreSQL cannot be asked.
        request.session = self.SessionStore(key if KEY.fullmatch(key) else None)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except (Error, SessionInterrupted) as failure:
            # Django takes a session that could not be written for one that somebody has deleted.
            trouble = trouble_in(failure)
            if trouble is None:
                raise
            if request.method in READING:
                logger.warning("A session could not be saved: the database is %s.", trouble)
                return response
            return answer_to(request, failure) or response
