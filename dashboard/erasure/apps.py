from __future__ import annotations

from django.apps import AppConfig


class ErasureConfig(AppConfig):
    name = "dashboard.erasure"
    label = "erasure"
