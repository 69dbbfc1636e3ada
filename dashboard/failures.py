"""The database fails: what kind of trouble that is, and what every door answers."""

from __future__ import annotations

import codecs
import logging
import sqlite3
from collections.abc import Callable
from enum import StrEnum

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import DatabaseError, Error, InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.loader import get_template

from dashboard import storage
from dashboard.middleware import answers_json
from sentry_logs.errors import error_response

RETRY_AFTER = 5


class Trouble(StrEnum):
    """What a database that works says when it cannot; `AWAY` is every other silence."""

    FULL = "full"
    READ_ONLY = "read-only"
    BUSY = "busy"
    AWAY = "away"

    @property
    def forbids_saving_only(self) -> bool:
        return self in (Trouble.FULL, Trouble.READ_ONLY)


SQLITE = {
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
}
# A file that may not grow: a quota, or a disk that is full in its own way.
SQLITE_CANNOT_WRITE = (sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC)
# https://www.postgresql.org/docs/current/errcodes-appendix.html
POSTGRESQL = {
    "53100": Trouble.FULL,
    "25006": Trouble.READ_ONLY,
    "53300": Trouble.BUSY,
    "55P03": Trouble.BUSY,
    "57014": Trouble.BUSY,
    "40P01": Trouble.BUSY,
    "25P03": Trouble.BUSY,
}
MESSAGES = {
    Trouble.FULL: "There is no room left to store anything. Nothing was kept: try again later.",
    Trouble.READ_ONLY: "Nothing can be saved right now. Nothing was kept: try again later.",
    Trouble.BUSY: "The database is busy. Nothing was kept: try again.",
    Trouble.AWAY: "The database does not answer. Nothing was kept: try again.",
}

logger = logging.getLogger(__name__)


def trouble_in(error: BaseException | None) -> Trouble | None:
    """Return what is wrong with the database, or None where an error is none of the database's state.

    Django's sessions put an error of their own over what the database said.
    """
    while isinstance(error, SessionInterrupted | UpdateError):
        error = error.__context__
    return _trouble(error) if isinstance(error, Error) else None


def _trouble(error: Error) -> Trouble | None:
    cause = error.__cause__
    told = POSTGRESQL.get(getattr(cause, "sqlstate", None) or "")
    code = getattr(cause, "sqlite_errorcode", None)
    if code in SQLITE_CANNOT_WRITE:
        told = Trouble.FULL
    elif code is not None:
        told = SQLITE.get(code & 0xFF)
    if type(cause).__name__ in ("PoolTimeout", "TooManyRequests"):
        told = Trouble.BUSY
    # A plain DatabaseError with a driver behind it is a file that is none, or that is broken.
    is_state = isinstance(error, OperationalError | InterfaceError | InternalError) or (
        type(error) is DatabaseError and cause is not None
    )
    return told or (Trouble.AWAY if is_state else None)


def answer(request: HttpRequest, trouble: Trouble) -> HttpResponse:
    """Return what a door says while the database cannot do its part: 503, and when to come back.

    A machine that sends calls is told 507 when there is no room, since sending again soon is of no use.
    """
    if answers_json(request):
        status = 507 if trouble is Trouble.FULL else 503
        return error_response(
            status, "database_unavailable", MESSAGES[trouble], retry_after=float(RETRY_AFTER)
        )
    # No request in the context: what fills templates asks the database.
    page = get_template("503.html").render({"cannot_save": trouble.forbids_saving_only})
    return HttpResponse(page, status=503, headers={"Retry-After": str(RETRY_AFTER)})


def prepare() -> None:
    """Make the pages of failures once, so that they can be made when not even a file can be opened."""
    # Django's own line about a failed request spells the path with this codec, which is read from a file.
    codecs.lookup("unicode_escape")
    for name in ("503.html", "500.html"):
        get_template(name).render({})


def note(request: HttpRequest, error: BaseException, trouble: Trouble) -> None:
    """Write one line, and remember a database that cannot save for the administrators' pages."""
    # The words of PostgreSQL can hold a whole row; what kind of error it was is enough.
    logger.error("The database is %s: %s at %s", trouble, type(error).__name__, request.path)
    storage.remember(trouble)


def answer_to(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """Note an error and answer it, or return None where it is none of the database's state."""
    trouble = trouble_in(error)
    if error is None or trouble is None:
        return None
    note(request, error, trouble)
    response = answer(request, trouble)
    # The line is written; Django's own would add a traceback for every page that somebody opens meanwhile.
    vars(response)["_has_been_logged"] = True
    return response


class DatabaseFailureMiddleware:
    """Answer for a view whose database failed. What fails in middleware ends at `views.failed`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer_to(request, error)
