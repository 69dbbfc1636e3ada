from __future__ import annotations

from django.urls import path

from dashboard.calls import views

app_name = "calls"
urlpatterns = [
    path("", views.call_list, name="list"),
    path("marks/", views.call_marks, name="marks"),
    path("<uuid:pk>/", views.call_detail, name="detail"),
]
