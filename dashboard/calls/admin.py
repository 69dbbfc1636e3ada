from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from dashboard.calls.capped import CappedPaginator, EnvironmentFilter
from dashboard.calls.models import Call
from dashboard.calls.pasted import read
from dashboard.calls.search import conditions
from dashboard.calls.shown import ShownCall

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
    fields = [
        *("platform", "platform_call_id", "environment", "direction", "caller", "called", "line"),
        *("agent_id", "agent_name", "agent_version", "status", "outcome", "ended_by", "ended_reason"),
        *("ended_reason_as_told", "fault", "started_at", "answered_at", "ended_at", "duration_ms"),
    ]
    readonly_fields = ["caller", "called", "ended_reason_as_told"]
    # Only what an index answers. A date hierarchy would read all calls for the years there are.
    list_filter = [EnvironmentFilter, "outcome"]
    search_fields = ["platform_call_id"]
    search_help_text = "Any id of a call, or the start of it. The calls page finds phone numbers."
    ordering = ["-started_at", "-id"]
    paginator = CappedPaginator
    show_full_result_count = False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Call], search_term: str
    ) -> tuple[QuerySet[Call], bool]:
        """Search as the calls table does, but for numbers: the term is in the address of this page."""
        if not search_term.strip():
            return queryset, False
        ids = conditions(replace(read(search_term), numbers=()))
        return (queryset.filter(ids[0]) if ids else queryset.none()), False

    @admin.display(description="From number")
    def caller(self, call: Call) -> str:
        return ShownCall(call).from_number

    @admin.display(description="To number")
    def called(self, call: Call) -> str:
        return ShownCall(call).to_number

    @admin.display(description="Ended reason raw")
    def ended_reason_as_told(self, call: Call) -> str:
        return ShownCall(call).ended_reason_raw

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        """Calls go by their age or with the person they are about, and not while they are on hold."""
        return False
