"""What pages of a call say of its evidence, asked for by the template: calls know nothing of evidence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import template
from django.conf import settings
from django.utils import timezone

from dashboard.calls.models import Call
from dashboard.evidence.models import Evidence

register = template.Library()


@register.simple_tag(takes_context=True)
def evidence_count(context: dict[str, Any], call_id: UUID) -> int:
    """Return how many snapshots of a call are kept; the page of evidence knows it already."""
    if "taken" in context:
        return int(context["taken"])
    return Evidence.objects.filter(call_id=call_id).taken().count()


@register.inclusion_tag("evidence/_past_retention.html", takes_context=True)
def past_retention(context: dict[str, Any], call: Call) -> dict[str, Any]:
    """Say of an old call that Sentry has forgotten it, and offer what is kept instead."""
    days = settings.SENTRY_RETENTION_DAYS
    is_past = timezone.now() - (call.ended_at or call.started_at) > timedelta(days=days)
    kept = Evidence.objects.filter(call_id=call.pk).taken().newest_first().first() if is_past else None
    return {"call": call, "days": days, "kept": kept, "environment": context.get("environment", "")}
