from __future__ import annotations

from django.apps import AppConfig


class ErasedConfig(AppConfig):
    name = "dashboard.erased"
    label = "erased"
