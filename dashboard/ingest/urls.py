from __future__ import annotations

from django.urls import re_path

from dashboard.ingest import views

app_name = "ingest"
urlpatterns = [
    # With and without the last slash: a sender does not follow a redirect with its body.
    re_path(r"^(?P<environment>[^/]+)/(?P<platform>[^/]+)/?$", views.webhook, name="webhook"),
]
