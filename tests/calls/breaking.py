"""A server whose database goes away in the middle of an export."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dashboard.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.db import OperationalError  # noqa: E402
from django.http import HttpRequest, StreamingHttpResponse  # noqa: E402
from django.urls import path  # noqa: E402

from dashboard.calls import exporting  # noqa: E402
from dashboard.calls.models import Call  # noqa: E402
from tests.factories import NOON  # noqa: E402


def _breaking(calls: object):
    yield [Call(platform_call_id="call-000001", started_at=NOON, created_at=NOON, updated_at=NOON)]
    raise OperationalError("the database went away")


def view(request: HttpRequest) -> StreamingHttpResponse:
    rows = exporting.export(Call.objects.all(), exporting.CSV, "a test")
    return StreamingHttpResponse(rows, content_type="text/csv")


exporting._chunks = _breaking
urlpatterns = [path("", view)]
settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = []
application = WSGIHandler()
