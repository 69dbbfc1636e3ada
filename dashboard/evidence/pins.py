"""Calls pinned: first wished for, in the database at once; then taken, as soon as Sentry answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from dashboard.audit.record import Event, record_change
from dashboard.calls.models import Call
from dashboard.evidence.content import digest, write
from dashboard.evidence.holds import Held
from dashboard.evidence.models import Evidence
from dashboard.evidence.redaction import redacted
from dashboard.evidence.snapshot import snapshot
from sentry_logs.answers import BackendName
from sentry_logs.services import LogsUnavailable, QuestionRefused

if TYPE_CHECKING:
    from django.contrib.auth.models import User

GIVES_UP_AFTER = timedelta(days=1)
"""After so long without an answer of Sentry, what our own database knows is taken without it."""


def pin(call: Call, *, by: User | None = None, reason: str = "", known: int | None = None) -> Evidence:
    """Wish for a snapshot of a call, and return it; the one that waits already, if there is one.

    `known` is how many snapshots the person saw: whoever clicks twice has not seen the first one's.
    """
    of_call = Evidence.objects.filter(call_id=call.pk)
    if known is not None and of_call.count() > known:
        return of_call.newest_first()[0]
    try:
        with transaction.atomic():
            evidence = Evidence.objects.create(
                call_id=call.pk,
                platform_call_id=call.platform_call_id,
                started_at=call.started_at,
                is_automatic=by is None,
                pinned_by=by,
                pinned_at=timezone.now(),
                reason=redacted(reason),
            )
            if by:
                record_change(Event.PIN, call=call, reason=evidence.reason)
            return evidence
    except IntegrityError:
        return of_call.waiting().get()


def take(evidence: Evidence, *, backend: BackendName, wait: float, now: datetime | None = None) -> bool:
    """Fill a snapshot that waits, and tell whether it is taken now.

    Raises StillAsking when `wait` seconds were not enough. A failure of Sentry is written down.
    """
    if evidence.taken_at:
        return True
    call = Call.objects.filter(pk=evidence.call_id).first()
    if call is None:
        evidence.delete()
        return False
    now = now or timezone.now()
    without_sentry = now - evidence.pinned_at >= GIVES_UP_AFTER
    try:
        content = write(snapshot(call, backend=backend, wait=wait))
    except (LogsUnavailable, QuestionRefused) as failure:
        if not (without_sentry or isinstance(failure, QuestionRefused)):
            Evidence.objects.filter(pk=evidence.pk).update(problem=failure.message[:300])
            evidence.problem = failure.message[:300]
            return False
        content = write(snapshot(call, backend=backend, wait=wait, failure=failure.message))
    return _keep(evidence, content, now)


@transaction.atomic
def _keep(evidence: Evidence, content: str, now: datetime) -> bool:
    """Store what was taken, unless another has stored it in the same moment: it is never changed.

    The hash goes into the audit trail, too, so that neither can be changed without the other telling.
    """
    sha256 = digest(content)
    facts = {"content": content, "sha256": sha256, "taken_at": now, "problem": ""}
    waiting = Evidence.objects.filter(pk=evidence.pk, taken_at=None)
    if waiting.update(**facts):
        record_change(
            Event.PIN, call=Held(evidence.call_id), detail=f"Snapshot taken, SHA-256 {digest(content)}"
        )
    evidence.refresh_from_db()
    return True


@transaction.atomic
def unpin(call_id: UUID, evidence_id: UUID) -> int:
    """Delete one snapshot of a call, and return how many were deleted; what a hold covers stays."""
    found = Evidence.objects.filter(call_id=call_id, pk=evidence_id).without_hold()
    hashes = list(found.values_list("sha256", flat=True))
    deleted = found.delete()[0]
    if deleted:
        record_change(Event.UNPIN, call=Held(call_id), detail=f"Snapshot deleted, SHA-256 {hashes[0]}")
    return deleted
