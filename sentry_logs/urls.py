from __future__ import annotations

from django.urls import path

from sentry_logs import views

app_name = "sentry"
urlpatterns = [
    path("", views.browse, name="browse"),
    path("group/", views.group, name="group"),
    path("untagged/", views.untagged, name="untagged"),
    path("event/<slug:project>/<slug:event_id>/", views.event, name="event"),
    path("call/", views.call_logs, name="call-logs"),
    path("comparison/", views.comparison, name="comparison"),
    path("health/", views.health, name="health"),
    path("check/", views.check, name="check"),
]
