"""Values in the admin's forms and addresses that no database can be asked about."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

BENEATH = ("django.db.", "psycopg")


class UnaskableMiddleware:
    """Answer 400 where Django's admin hands a text for a number, a NUL or a huge number to the database.

    Our own forms refuse these themselves, and an error anywhere else stays an error.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if request.path_info.startswith(reverse("admin:index")) and _is_about_a_value(error):
            return render(request, "400.html", status=400)
        return None


def _is_about_a_value(error: Exception) -> bool:
    if not isinstance(error, ValueError | OverflowError | DataError):
        return False
    rooms = [str(frame.f_globals.get("__name__")) for frame, _ in traceback.walk_tb(error.__traceback__)]
    # The last one or two may be those of a function that knows nothing of databases.
    return any(room.startswith(BENEATH) for room in rooms[-3:])
