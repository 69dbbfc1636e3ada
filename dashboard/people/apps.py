from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PeopleConfig(AppConfig):
    name = "dashboard.people"
    label = "people"
    verbose_name = "People"

    def ready(self) -> None:
        from dashboard.people.sign_in import signals  # noqa: F401  connects its receivers

        # After Django's own receiver, which makes the permissions that the roles carry.
        post_migrate.connect(_keep_roles, sender=self)


def _keep_roles(using: str, **kwargs: Any) -> None:
    from dashboard.people.groups import keep_roles

    keep_roles(using)
