"""How long each kind of data is kept, and what is too old by now. A legal hold wins over any age."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Model, Q, QuerySet

from dashboard.calls.models import CallDetail
from dashboard.evidence.models import Evidence
from dashboard.ingest.pruning import held_calls, old_calls, old_deliveries, old_refusals
from sentry_logs.services import old_marks

BATCH = 500
SAID: dict[str, Any] = {
    "transcript": [],
    "tool_calls": [],
    "summary": "",
    "recording_url": "",
    "recording_expires_at": None,
    "metadata": {},
}
"""What a person said, and what was attached to it; the facts of the call are kept for longer."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`setting` names the days; without one, rows go when they are over by themselves."""

    name: str
    setting: str
    old: Callable[[datetime], QuerySet[Any]]
    forget: Callable[[QuerySet[Any]], int]

    @property
    def days(self) -> int:
        return int(getattr(settings, self.setting)) if self.setting else 0

    def rows(self, now: datetime) -> QuerySet[Any]:
        return self.old(now - timedelta(days=self.days))

    def prune(self, now: datetime, is_time_left: Callable[[], bool]) -> Iterator[int]:
        """Forget batch by batch, and yield the size of each. It can be broken off and begun again."""
        rows = self.rows(now)
        while is_time_left() and (keys := list(rows.values_list("pk", flat=True)[:BATCH])):
            model: type[Model] = rows.model
            with transaction.atomic():
                self.forget(model._default_manager.filter(pk__in=keys))
            yield len(keys)


def _delete(rows: QuerySet[Any]) -> int:
    return rows.delete()[0]


def _empty(rows: QuerySet[Any]) -> int:
    return rows.update(**SAID)


def _old_conversations(before: datetime) -> QuerySet[CallDetail]:
    nothing = Q(**{name: value for name, value in SAID.items() if value is not None})
    old = CallDetail.objects.filter(call__started_at__lt=before).exclude(nothing)
    return old.exclude(call__in=held_calls()).order_by("call__started_at")


def _old_snapshots(before: datetime) -> QuerySet[Evidence]:
    return Evidence.objects.of_itself().filter(pinned_at__lt=before).without_hold().order_by("pinned_at")


def _old_sessions(before: datetime) -> QuerySet[Session]:
    return Session.objects.filter(expire_date__lt=before).order_by("expire_date")


KINDS = (
    Kind("conversations", "TRANSCRIPTS_RETENTION_DAYS", _old_conversations, _empty),
    Kind("webhooks", "DELIVERIES_RETENTION_DAYS", old_deliveries, _delete),
    Kind("counts of refused webhooks", "DELIVERIES_RETENTION_DAYS", old_refusals, _delete),
    Kind("snapshots of failing calls", "EVIDENCE_RETENTION_DAYS", _old_snapshots, _delete),
    Kind("calls", "CALLS_RETENTION_DAYS", old_calls, _delete),
    Kind("marks", "CALLS_RETENTION_DAYS", old_marks, _delete),
    Kind("sessions", "", _old_sessions, _delete),
)


def kinds(names: Iterable[str]) -> list[Kind]:
    wanted = set(names)
    return [kind for kind in KINDS if not wanted or kind.name in wanted]
