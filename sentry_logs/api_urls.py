from __future__ import annotations

from django.urls import path

from sentry_logs import api

app_name = "sentry-api"
urlpatterns = [
    path("events", api.events, name="events"),
    path("error-check", api.error_check, name="error-check"),
    path("browse", api.browse, name="browse"),
]
