from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html

from dashboard.audit.record import Event, Result, record
from dashboard.calls.capped import CappedPaginator, EnvironmentFilter
from dashboard.ingest import refusals
from dashboard.ingest.models import Delivery, Refusal, UnknownReason
from dashboard.ingest.pretty import pretty
from dashboard.ingest.settle import replay
from sentry_logs.masking import mask_text

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """What came from outside can be looked at, not edited; it goes by `prune_deliveries`."""

    paginator = CappedPaginator
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow the actions of the list, which change what was made of a row; the row itself stays."""
        return obj is None and super().has_change_permission(request)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = [
        "received_at",
        "environment",
        "platform",
        "event_type",
        "verdict",
        "call_link",
        "seen",
    ]
    list_filter = ["verdict", EnvironmentFilter, "platform"]
    ordering = ["-received_at", "-id"]
    search_fields = ["call__platform_call_id__exact"]
    search_help_text = "The platform's id of a call."
    actions = ["replay_chosen"]
    fields = [
        "received_at",
        "event_at",
        "environment",
        "platform",
        "event_type",
        "verdict",
        "shown_problem",
        "call_link",
        "platform_call_id",
        "seen",
        "content_type",
        "shown_body",
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Leave the bodies where they are: a page of the list would be up to 1.6 GB."""
        return super().get_queryset(request).defer("body")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Record a look before it is shown."""
        delivery = self.get_object(request, unquote(object_id))
        if delivery is not None and self.has_view_permission(request, delivery):
            record(
                Event.DELIVERY_OPENED,
                request=request,
                call=delivery.call,
                fields=["body, masked"],
                result=Result.SHOWN,
                detail=f"{delivery}",
            )
        return super().change_view(request, object_id, form_url, extra_context)

    @admin.display(description="Call")
    def call_link(self, delivery: Delivery) -> str:
        if delivery.call_id is None:
            return ""
        url = reverse("calls:detail", args=[delivery.call_id])
        return format_html('<a href="{}">{}</a>', url, delivery.platform_call_id)

    @admin.display(description="Problem")
    def shown_problem(self, delivery: Delivery) -> str:
        return mask_text(delivery.problem)

    @admin.display(description="Body")
    def shown_body(self, delivery: Delivery) -> str:
        ask = reverse("reveal:delivery", args=[delivery.pk])
        return format_html(
            '<p><a href="{}">Show it in clear</a>, with a reason</p><pre>{}</pre>',
            ask,
            pretty(bytes(delivery.body)),
        )

    @admin.action(description="Replay the chosen deliveries", permissions=["change"])
    def replay_chosen(self, request: HttpRequest, deliveries: QuerySet[Delivery]) -> None:
        ids = list(deliveries.values_list("pk", flat=True))
        counts = Counter(replay(Delivery.objects.filter(pk__in=ids)))
        parts = [f"{count:,} {Delivery.Verdict(name).label.lower()}" for name, count in counts.items()]
        self.message_user(request, f"Read again: {', '.join(sorted(parts))}.")


@admin.register(Refusal)
class RefusalAdmin(ReadOnlyAdmin):
    list_display = ["hour", "environment", "platform", "reason", "count", "last_at"]
    list_filter = ["platform", "reason"]
    ordering = ["-hour", "platform", "reason"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refusal]:
        refusals.counter.write()
        return super().get_queryset(request)


@admin.register(UnknownReason)
class UnknownReasonAdmin(ReadOnlyAdmin):
    list_display = ["platform", "shown_reason", "count", "first_at", "last_at"]
    fields = ["platform", "shown_reason", "count", "first_at", "last_at"]
    list_filter = ["platform"]
    ordering = ["-last_at"]

    @admin.display(description="Reason", ordering="reason")
    def shown_reason(self, unknown: UnknownReason) -> str:
        return mask_text(unknown.reason)
