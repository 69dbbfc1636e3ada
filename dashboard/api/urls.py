from __future__ import annotations

from django.urls import path

from dashboard.api import views
from dashboard.api.openapi import openapi
from dashboard.api.reference import reference

app_name = "api"
urlpatterns = [
    path("", reference, name="reference"),
    path("openapi.json", openapi, name="openapi"),
    path("calls", views.calls, name="calls"),
    # An id may hold anything, also a slash.
    path("calls/<str:platform>/<path:platform_call_id>", views.one_call, name="call"),
]
