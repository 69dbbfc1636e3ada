"""The trail as people read it: their own rows, or everybody's for those who may see them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from dashboard.audit.events import Event
from dashboard.audit.forms import TrailFilter
from dashboard.audit.models import Entry
from dashboard.people.rights import Somebody, may
from dashboard.people.roles import SEE_AUDIT

PAGE = 50
MOST_BUSY = 3
MOST_MEANT = 20
MOST_COUNTED = 10_000
A_DAY = timedelta(hours=24)
_TOKEN = re.compile(r"(?:number )?([0-9a-f]{16})")


class Busy(NamedTuple):
    who: str
    hour: datetime
    calls: int


@dataclass(frozen=True, slots=True)
class TrailPage:
    """A page of entries, newest first, and where its neighbours begin."""

    entries: list[Entry]
    has_newer: bool
    has_older: bool

    @property
    def days(self) -> list[tuple[date, list[Entry]]]:
        return [(day, list(rows)) for day, rows in groupby(self.entries, key=lambda entry: entry.at.date())]


def visible_to(person: Somebody) -> QuerySet[Entry]:
    """Return the entries that a person may see: all with the right to, else the person's own."""
    entries: QuerySet[Entry] = Entry.objects.all()
    return entries if may(person, SEE_AUDIT) else entries.filter(person_id=person.pk)


def found(entries: QuerySet[Entry], asked: TrailFilter, now: datetime) -> QuerySet[Entry]:
    """Keep what was asked for, wherever in the list."""
    if asked.q:
        entries = entries.filter(_meant_by(asked.q))
    if asked.event:
        entries = entries.filter(event=asked.event)
    return entries.filter(at__gte=now - asked.period) if asked.period else entries


def read_page(entries: QuerySet[Entry], asked: TrailFilter) -> TrailPage:
    if asked.after:
        newer = list(entries.filter(pk__gt=asked.after).order_by("pk")[: PAGE + 1])
        return TrailPage(newer[:PAGE][::-1], has_newer=len(newer) > PAGE, has_older=True)
    older = entries.filter(pk__lt=asked.before) if asked.before else entries
    rows = list(older.order_by("-pk")[: PAGE + 1])
    return TrailPage(rows[:PAGE], has_newer=asked.before is not None, has_older=len(rows) > PAGE)


def busiest(now: datetime) -> list[Busy]:
    """Return who opened the most calls within one hour of the last day."""
    # Counted here: asked to group rows, SQLite would read all there are.
    lately = Entry.objects.filter(at__gte=now - A_DAY).order_by("-at")[:MOST_COUNTED]
    calls: defaultdict[tuple[str, datetime], set[UUID]] = defaultdict(set)
    for event, who, at, call_id in lately.values_list("event", "who", "at", "call_id"):
        if event == Event.CALL_OPENED:
            calls[who, at.replace(minute=0, second=0, microsecond=0)].add(call_id)
    busy = [Busy(who, hour, len(opened)) for (who, hour), opened in calls.items()]
    return sorted(busy, key=lambda one: (one.calls, one.hour), reverse=True)[:MOST_BUSY]


def in_order(entries: QuerySet[Entry], size: int) -> Iterator[list[Entry]]:
    """Yield the entries newest first, a chunk a question: no transaction stays open for a slow reader."""
    page = entries.order_by("-pk")
    while chunk := list(page[:size]):
        yield chunk
        page = entries.filter(pk__lt=chunk[-1].pk).order_by("-pk")


def _meant_by(text: str) -> Q:
    """Say what a text names, in the terms of one index: a person, a call, a request, a number, or a key."""
    people = get_user_model()._default_manager.filter(username__iexact=text)
    if ids := list(people.values_list("pk", flat=True)[:MOST_MEANT]):
        return Q(person_id__in=ids)
    with suppress(ValueError):
        return Q(call_id=UUID(text))
    if token := _TOKEN.fullmatch(text):
        return Q(request_id=token[1]) | Q(event=Event.NUMBER_SEARCH, detail=f"number {token[1]}")
    # This room stands below the calls', which use it.
    calls = apps.get_model("calls", "Call")._default_manager.filter(platform_call_id=text)
    if pks := list(calls.values_list("pk", flat=True)[:MOST_MEANT]):
        return Q(call_id__in=pks)
    return Q(who__in=[text, f"key {text}"])
