from __future__ import annotations

from django.urls import path

from dashboard.calls import call_page, download, live, overview, ticket_page, views

app_name = "calls"
urlpatterns = [
    path("", views.call_list, name="list"),
    path("find/", views.call_find, name="find"),
    path("marks/", views.call_marks, name="marks"),
    path("overview/", overview.call_overview, name="overview"),
    path("live/", live.call_live, name="live"),
    path("export/", download.call_export, name="export"),
    path("<uuid:pk>/", call_page.call_logs, name="detail"),
    path("<uuid:pk>/verdict/", call_page.call_verdict, name="verdict"),
    path("<uuid:pk>/ticket/", ticket_page.call_ticket, name="ticket"),
    path("<uuid:pk>/conversation/", call_page.call_conversation, name="conversation"),
]
