from __future__ import annotations

from django.urls import path

from dashboard.reveal import export, views

app_name = "reveal"
urlpatterns = [
    path("call/<uuid:pk>/", views.reveal_call, name="call"),
    path("delivery/<int:pk>/", views.reveal_delivery, name="delivery"),
    path("recording/<str:text>/", views.open_recording, name="recording"),
    path("export/", export.export_in_clear, name="export"),
]
