from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from dashboard.keys.models import ApiKey

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[ApiKey]
else:
    ModelAdmin = admin.ModelAdmin

SHOWN = (
    "name",
    "scope",
    "environment",
    "start",
    "created_at",
    "last_used_at",
    "expires_at",
    "revoked_at",
    "refused",
    "last_refused_at",
)


@admin.register(ApiKey)
class ApiKeyAdmin(ModelAdmin):
    list_display = SHOWN
    fields = SHOWN
    actions = ["revoke"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Keys are made by `manage.py create_api_key`, which can show the secret once."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Allow the list's action only: a key is revoked, nothing else of it changes."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Keep revoked keys: their refusals are counted, and the trail names them."""
        return False

    @admin.action(description="Revoke the chosen keys", permissions=["change"])
    def revoke(self, request: HttpRequest, keys: QuerySet[ApiKey]) -> None:
        for key in keys:
            key.revoke()
        self.message_user(request, "Revoked. They are refused from the next request on.")
