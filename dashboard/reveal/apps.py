from __future__ import annotations

from django.apps import AppConfig


class RevealConfig(AppConfig):
    name = "dashboard.reveal"
    label = "reveal"
