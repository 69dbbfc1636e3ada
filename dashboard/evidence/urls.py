from __future__ import annotations

from django.urls import path

from dashboard.evidence import views

app_name = "evidence"
urlpatterns = [
    path("<uuid:pk>/evidence/", views.show, name="show"),
    path("<uuid:pk>/evidence/pin/", views.pin_call, name="pin"),
    path("<uuid:pk>/evidence/take/", views.take_waiting, name="take"),
    path("<uuid:pk>/evidence/hold/", views.hold_call, name="hold"),
    path("<uuid:pk>/evidence/<uuid:evidence>/unpin/", views.unpin_call, name="unpin"),
]
