"""Reports recorded as calls: any number at once, in one transaction and a few queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from dashboard.calls.models import Call, CallAlias, CallDetail
from dashboard.calls.search import LONGEST_ID
from dashboard.erased.listing import erased_among
from dashboard.ingest import merging
from dashboard.ingest.cleaning import clean_text
from dashboard.ingest.models import UnknownReason
from dashboard.ingest.reports import Alias, Report

Identity = tuple[str, str, str]
IDENTITY = ("environment", "platform", "platform_call_id")
CALL_COLUMNS = (
    *merging.CALL_TEXTS,
    *merging.WORKED_OUT,
    "outcome",
    "ended_by",
    "ended_reason",
    "ended_reason_raw",
    "fault",
)
DETAIL_COLUMNS = (*merging.DETAIL_FACTS, "cost_amount", "cost_currency", "stamps")
LONGEST_KIND = CallAlias._meta.get_field("kind").max_length or 0
LONGEST_ENVIRONMENT = Call._meta.get_field("environment").max_length or 0


class Recorded(NamedTuple):
    """What became of one report; `changed` is whether it, or another of the same batch, changed the call."""

    call: Call
    is_new: bool
    changed: bool


@dataclass(slots=True)
class _Entry:
    """One call of a batch: its row, what is known of it, and what of that is not written yet."""

    call: Call
    detail: CallDetail
    registers: merging.Registers
    is_new: bool
    aliases: set[Alias] = field(default_factory=set)
    changed: bool = False
    """Whether anything is to be written, if only that something known was said again."""
    has_news: bool = False
    unknown_reason: str = ""


def record_reports(reports: Sequence[Report], *, savepoint: bool = True) -> list[Recorded | None]:
    """Record reports of any calls, and return what became of each, in order; None if the call was erased.

    Everything or nothing is recorded. Raises ValueError for an id that is empty or over 200 characters.
    Without a savepoint, a failure takes the transaction of the caller with it.
    """
    if not reports:
        return []
    said: dict[Identity, list[Report]] = {}
    identities = [_identity(report) for report in reports]
    erased = erased_among(identities)
    for identity, report in zip(identities, reports, strict=True):
        if identity not in erased:
            said.setdefault(identity, []).append(report)
    with transaction.atomic(savepoint=savepoint):
        entries = _write_calls(said)
        _write_details(entries.values())
        _write_aliases(entries, said)
        _count_unknown_reasons(entries.values())
    first = set()
    recorded: list[Recorded | None] = []
    for identity in identities:
        if identity in erased:
            recorded.append(None)
            continue
        entry = entries[identity]
        recorded.append(Recorded(entry.call, entry.is_new and identity not in first, entry.has_news))
        first.add(identity)
    return recorded


def _identity(report: Report) -> Identity:
    call_id = clean_text(report.platform_call_id, LONGEST_ID + 1)
    if not 0 < len(call_id) <= LONGEST_ID:
        raise ValueError(f"The id of a call must have 1 to {LONGEST_ID} characters.")
    return clean_text(report.environment, LONGEST_ENVIRONMENT), str(report.platform), call_id


def _write_calls(said: dict[Identity, list[Report]]) -> dict[Identity, _Entry]:
    entries = _known(said)
    created = {identity: _new(identity) for identity in sorted(said.keys() - entries.keys())}
    for identity, entry in (entries | created).items():
        _apply(entry, said[identity])
    Call.objects.bulk_create([entry.call for entry in created.values()], ignore_conflicts=_several_write())
    for identity, entry in _lost(created).items():
        created.pop(identity)
        _apply(entry, said[identity])
        entries[identity] = entry
    _update([entry.call for entry in entries.values() if entry.changed])
    return entries | created


def _known(identities: Iterable[Identity]) -> dict[Identity, _Entry]:
    """Read and lock the calls that are known, always in the same order, so that no two batches block.

    Their details are read afterwards: joined, they would be those from before the wait for the lock.
    """
    wanted = set(identities)
    calls = Call.objects.filter(platform_call_id__in={call_id for _, _, call_id in wanted})
    known = {
        identity: call
        for call in calls.select_for_update().order_by("pk")
        if (identity := (call.environment, call.platform, call.platform_call_id)) in wanted
    }
    details = CallDetail.objects.in_bulk([call.pk for call in known.values()])
    return {identity: _entry(call, details.get(call.pk)) for identity, call in known.items()}


def _entry(call: Call, detail: CallDetail | None) -> _Entry:
    registers = merging.registers_from(call, detail)
    return _Entry(call, detail or CallDetail(call=call), registers, is_new=False)


def _new(identity: Identity) -> _Entry:
    # Given by us, so that PostgreSQL gets plain values, which many rows at once need to be quick.
    call = Call(**dict(zip(IDENTITY, identity, strict=True)), created_at=timezone.now())
    return _Entry(call, CallDetail(call=call), {}, is_new=True, changed=True)


def _several_write() -> bool:
    """Whether others may write in the same moment; SQLite lets one at a time."""
    return bool(connection.features.has_select_for_update)


def _lost(created: dict[Identity, _Entry]) -> dict[Identity, _Entry]:
    """Return the calls that another process created in the same moment, as it left them."""
    if not created or not _several_write():
        return {}
    ids = {identity[2] for identity in created}
    rows = Call.objects.filter(platform_call_id__in=ids).values_list("pk", *IDENTITY)
    others = [
        (environment, platform, call_id)
        for pk, environment, platform, call_id in rows
        if (entry := created.get((environment, platform, call_id))) is not None and entry.call.pk != pk
    ]
    return _known(others) if others else {}


def _apply(entry: _Entry, reports: Iterable[Report]) -> None:
    """Merge reports into an entry, and put the result into its rows."""
    for report in reports:
        said = merging.registers_of(report)
        if entry.registers:
            merging.merge(entry.registers, said)
        else:
            entry.registers = said
    columns = merging.call_columns(entry.registers)
    stamps = merging.stamps_of(entry.registers, columns)
    facts = [_set(entry.call, columns), _set(entry.detail, merging.detail_columns(entry.registers))]
    is_confirmed = _set(entry.detail, {"stamps": stamps})
    entry.has_news = entry.has_news or any(facts)
    entry.changed = entry.changed or entry.has_news or is_confirmed
    if ending := entry.registers.get("ending"):
        # An ending read from the database passes as known: it was counted when it came.
        entry.unknown_reason = "" if ending.value.is_known else ending.value.raw


def _set(row: Call | CallDetail, columns: dict[str, Any]) -> bool:
    changed = False
    for name, value in columns.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed


def _update(calls: Sequence[Call]) -> None:
    if calls:
        Call.objects.bulk_create(
            calls, update_conflicts=True, unique_fields=["id"], update_fields=[*CALL_COLUMNS, "updated_at"]
        )


def _write_details(entries: Iterable[_Entry]) -> None:
    CallDetail.objects.bulk_create(
        [entry.detail for entry in entries if entry.changed],
        update_conflicts=True,
        unique_fields=["call"],
        update_fields=DETAIL_COLUMNS,
    )


def _write_aliases(entries: dict[Identity, _Entry], said: dict[Identity, list[Report]]) -> None:
    for identity, entry in entries.items():
        for report in said[identity]:
            entry.aliases.update(_clean_aliases(report.aliases))
    _drop_known_aliases([entry for entry in entries.values() if entry.aliases and not entry.is_new])
    CallAlias.objects.bulk_create(
        [
            CallAlias(call=entry.call, kind=alias.kind, value=alias.value)
            for entry in entries.values()
            for alias in sorted(entry.aliases)
        ],
        ignore_conflicts=True,
    )


def _clean_aliases(aliases: Iterable[Alias]) -> Iterable[Alias]:
    """Leave out an id that is too long to be one: cut off, it would find the wrong call."""
    for kind, value in aliases:
        if 0 < len(value) <= LONGEST_ID:
            yield Alias(clean_text(kind, LONGEST_KIND), clean_text(value, LONGEST_ID))


def _drop_known_aliases(entries: Sequence[_Entry]) -> None:
    if not entries:
        return
    by_call = {entry.call.pk: entry for entry in entries}
    for pk, kind, value in CallAlias.objects.filter(call__in=by_call).values_list("call", "kind", "value"):
        by_call[pk].aliases.discard(Alias(kind, value))
    for entry in entries:
        entry.has_news = entry.has_news or bool(entry.aliases)
    _touch([entry for entry in entries if entry.aliases and not entry.changed])


def _touch(entries: Sequence[_Entry]) -> None:
    """A new alias is news of the call, too: the sweep goes by the last news."""
    if entries:
        Call.objects.filter(pk__in=[entry.call.pk for entry in entries]).update(updated_at=timezone.now())


def _count_unknown_reasons(entries: Iterable[_Entry]) -> None:
    counts = Counter((e.call.platform, e.unknown_reason) for e in entries if e.unknown_reason)
    if not counts:
        return
    UnknownReason.objects.bulk_create(
        [UnknownReason(platform=platform, reason=reason, count=0) for platform, reason in sorted(counts)],
        ignore_conflicts=True,
    )
    for (platform, reason), count in sorted(counts.items()):
        UnknownReason.objects.filter(platform=platform, reason=reason).update(
            count=F("count") + count, last_at=timezone.now()
        )
