from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.http import HttpRequest

from dashboard.calls.models import Call

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Call]
else:
    ModelAdmin = admin.ModelAdmin


@admin.register(Call)
class CallAdmin(ModelAdmin):
    """Calls are facts that platforms report: they can be looked at, not edited."""

    list_display = [
        "started_at",
        "platform_call_id",
        "environment",
        "direction",
        "line",
        "agent_name",
        "status",
        "outcome",
    ]
    list_filter = ["environment", "platform", "outcome", "fault", "direction"]
    search_fields = ["platform_call_id__prefix", "from_number__exact", "to_number__exact"]
    search_help_text = "The start of a call id, or a whole phone number such as +442079460123."
    date_hierarchy = "started_at"
    ordering = ["-started_at", "-id"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        return False
