"""One person erased: their calls with all that hangs on them, and their number wherever else it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from dashboard.audit.record import Event, record_change
from dashboard.calls.models import Call, CallDetail
from dashboard.calls.remembered import KEY as REMEMBERED
from dashboard.erased.listing import erased_among, put_on_list
from dashboard.erasure.numbers import Number, without
from dashboard.evidence.models import Evidence, Hold
from dashboard.ingest.models import Delivery, UnknownReason
from sentry_logs.cache import forget_own_memory
from sentry_logs.services import forget_calls

BATCH = 200
CLEANED = ("transcript", "tool_calls", "summary", "transfer_to", "metadata", "recording_url", "stamps")
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Erased:
    """How much of each kind was found, and deleted or cleaned unless it was only looked for."""

    counts: dict[str, int] = field(default_factory=dict)
    held: list[str] = field(default_factory=list)
    """Calls on legal hold, which stay until the hold is released."""

    def add(self, kind: str, number: int) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + number


def calls_of(number: Number) -> QuerySet[Call]:
    """Return the calls whose person has this number: who called us, or was called by us."""
    found = Call.objects.filter(
        Q(direction="inbound", from_last4=number.last4) | Q(direction="outbound", to_last4=number.last4)
    )
    keys = [call.pk for call in found.iterator() if number.pattern.fullmatch(call.person_number.strip())]
    return Call.objects.filter(pk__in=keys)


def erase(
    calls: QuerySet[Call], number: Number | None = None, *, dry_run: bool, progress: Progress | None = None
) -> Erased:
    """Erase calls, and a number wherever else it stands; with `dry_run` only count.

    What is on hold is left and named. It can be broken off and begun again.
    """
    erased = Erased()
    held = set(Hold.objects.active().values_list("call_id", flat=True))
    wanted = list(calls.order_by("pk"))
    erased.held = [call.platform_call_id for call in wanted if call.pk in held]
    free = [call for call in wanted if call.pk not in held]
    for start in range(0, len(free), BATCH):
        _erase_calls(free[start : start + BATCH], erased, dry_run=dry_run)
        if progress:
            progress("calls", min(start + BATCH, len(free)), len(free))
    if number:
        _clean_details(number, held, erased, dry_run=dry_run)
        _clean_deliveries(number.pattern, held, erased, dry_run=dry_run, progress=progress)
        _clean_sessions(number.pattern, erased, dry_run=dry_run)
        _clean_reasons(number.pattern, erased, dry_run=dry_run)
    if not dry_run:
        # Answers of Sentry are kept masked, and for a day at most; nobody need wonder about them.
        cache.clear()
        forget_own_memory()
    return erased


def _erase_calls(calls: list[Call], erased: Erased, *, dry_run: bool) -> None:
    keys = [call.pk for call in calls]
    ids = [call.platform_call_id for call in calls]
    deliveries = Delivery.objects.filter(Q(call__in=keys) | Q(call=None, platform_call_id__in=ids))
    kinds: dict[str, QuerySet[Any]] = {
        "webhooks": deliveries,
        "snapshots": Evidence.objects.filter(call_id__in=keys),
        "released holds": Hold.objects.filter(call_id__in=keys),
    }
    with transaction.atomic():
        for kind, rows in kinds.items():
            erased.add(kind, rows.count() if dry_run else rows.delete()[0])
        erased.add("calls", len(calls))
        if dry_run:
            return
        put_on_list((call.environment, call.platform, call.platform_call_id) for call in calls)
        Call.objects.filter(pk__in=keys).delete()
        erased.add("kept marks", forget_calls(ids))
        for call in calls:
            record_change(Event.ERASURE, call=call, detail="Erased with all that was kept of it")


def _clean_details(number: Number, held: set[Any], erased: Erased, *, dry_run: bool) -> None:
    """Clean what other calls say of the number. The database finds the digits, Python the number."""
    end, pattern = number.national[-1:], number.pattern
    said = Q(*((f"{name}__icontains", end) for name in CLEANED), _connector=Q.OR)
    for detail in CallDetail.objects.filter(said).exclude(call__in=held).iterator(chunk_size=BATCH):
        cleaned = {name: without(getattr(detail, name), pattern) for name in CLEANED}
        changed = [name for name, value in cleaned.items() if value != getattr(detail, name)]
        if changed:
            erased.add("other calls that name the number", 1)
        if changed and not dry_run:
            CallDetail.objects.filter(pk=detail.pk).update(**{name: cleaned[name] for name in changed})
            _note_cleaned(detail.call)


def _note_cleaned(call: Call) -> None:
    with transaction.atomic():
        record_change(Event.ERASURE, call=call, detail="A number of another person was erased from it")


def _clean_deliveries(
    pattern: re.Pattern[str], held: set[Any], erased: Erased, *, dry_run: bool, progress: Progress | None
) -> None:
    """Delete the webhooks that name the number and belong to no call of theirs."""
    looked, rows = 0, Delivery.objects.exclude(call__isnull=False, call__in=held)
    total = rows.count()
    for batch in _batches(rows):
        named = [row.pk for row in batch if pattern.search(_text(row))]
        erased.add("other webhooks that name the number", len(named))
        if named and not dry_run:
            Delivery.objects.filter(pk__in=named).delete()
        looked += len(batch)
        if progress:
            progress("webhooks", looked, max(looked, total))


def _text(delivery: Delivery) -> str:
    raw = bytes(delivery.body).decode(errors="replace")
    return f"{raw.replace('%2B', '+')}\n{delivery.problem}\n{delivery.platform_call_id}"


def _batches(rows: QuerySet[Delivery]) -> Iterator[list[Delivery]]:
    after = 0
    while batch := list(rows.filter(pk__gt=after).order_by("pk")[:BATCH]):
        yield batch
        after = batch[-1].pk


def _clean_sessions(pattern: re.Pattern[str], erased: Erased, *, dry_run: bool) -> None:
    """Forget the number in what people searched for."""
    for session in Session.objects.iterator(chunk_size=BATCH):
        kept = session.get_decoded()
        searched = kept.get(REMEMBERED) or {}
        left = {token: text for token, text in searched.items() if not pattern.search(text)}
        if len(left) == len(searched):
            continue
        erased.add("searches", len(searched) - len(left))
        if not dry_run:
            session.session_data = _store().encode({**kept, REMEMBERED: left})
            session.save(update_fields=["session_data"])


def _store() -> SessionBase:
    store: SessionBase = import_string(f"{settings.SESSION_ENGINE}.SessionStore")()
    return store


def _clean_reasons(pattern: re.Pattern[str], erased: Erased, *, dry_run: bool) -> None:
    named = [row.pk for row in UnknownReason.objects.iterator() if pattern.search(row.reason)]
    erased.add("unknown reasons", len(named))
    if named and not dry_run:
        UnknownReason.objects.filter(pk__in=named).delete()


def erase_again() -> int:
    """Erase the calls of the list once more, as after a restore, and return how many there were."""
    again = 0
    rows = Call.objects.order_by("pk").values_list("pk", "environment", "platform", "platform_call_id")
    after = None
    while batch := list((rows.filter(pk__gt=after) if after else rows)[:BATCH]):
        gone = erased_among((row[1], row[2], row[3]) for row in batch)
        keys = [row[0] for row in batch if (row[1], row[2], row[3]) in gone]
        if keys:
            erase(Call.objects.filter(pk__in=keys), dry_run=False)
            again += len(keys)
        after = batch[-1][0]
    return again
