"""Legal holds, placed and released; each leaves its trace in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from dashboard.audit.record import Event, record_change
from dashboard.calls.models import Call
from dashboard.evidence.models import Hold
from dashboard.evidence.redaction import redacted

if TYPE_CHECKING:
    from django.contrib.auth.models import User


class Held(NamedTuple):
    """A call as the trail names it; it may be gone."""

    pk: UUID


@transaction.atomic
def place(call: Call, by: User, reason: str) -> Hold:
    """Hold a call; one that is held already stays held as it is."""
    reason = redacted(reason)
    facts = {"platform_call_id": call.platform_call_id, "placed_by": by, "reason": reason}
    hold, is_new = Hold.objects.get_or_create(call_id=call.pk, released_at=None, defaults=facts)
    if is_new:
        record_change(Event.HOLD, call=call, reason=reason)
    return hold


@transaction.atomic
def release(call_id: UUID, by: User, reason: str) -> int:
    """Release a call's hold, and return how many there were."""
    held = Hold.objects.active().filter(call_id=call_id)
    released = held.update(released_by=by, released_at=timezone.now())
    if released:
        record_change(Event.RELEASE, call=Held(call_id), reason=redacted(reason))
    return released
