"""Deliveries in any order, again, late, with crashes in between: the calls are those of the sorted run."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from unittest import mock

import pytest
from django.db import OperationalError, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from dashboard.calls.models import Call, CallDetail
from dashboard.ingest import settle
from dashboard.ingest.merging import PHASES
from dashboard.ingest.models import Delivery
from dashboard.ingest.pruning import old_deliveries, prune
from dashboard.ingest.record import record_reports
from tests.factories import NOON
from tests.ingest.conftest import DOOR, signature
from tests.ingest.reports import after

EVENTS = [
    {
        "id": f"{call}-{number}",
        "call": call,
        "at": after(seconds).isoformat(),
        "facts": facts,
    }
    for call in ("call-1", "call-2")
    for number, (seconds, facts) in enumerate(
        [
            (0, {"status": "queued", "direction": "outbound"}),
            (1, {"status": "ringing", "from_number": "+442079460123"}),
            (5, {"status": "in_progress", "agent_name": "Front desk"}),
            (60, {"status": "transferring", "agent_name": "Back office", "transcript": [{"text": "Hello"}]}),
            (61, {"status": "in_progress", "summary": "First."}),
            (90, {"status": "ended", "summary": "Second."}),
        ]
    )
]
FACTS = ["direction", "from_number", "agent_name", "status", "outcome", "ended_reason", "started_at"]
FACTS += ["answered_at", "ended_at", "duration_ms", "detail__summary", "detail__transcript"]


class Deliveries(RuleBasedStateMachine):
    platform = None

    @initialize()
    def nothing_yet(self):
        Call.objects.all().delete()
        Delivery.objects.all().delete()
        self.acknowledged = Counter()
        self.pruned, self.understood, self.phases = set(), set(), {}

    @rule(event=st.sampled_from(EVENTS))
    def deliver(self, event):
        if self._send(event) == "stored":
            self.understood.add(event["id"])

    @rule(event=st.sampled_from(EVENTS))
    def deliver_and_die_before_it_is_recorded(self, event):
        with mock.patch.object(settle, "record_reports", side_effect=OperationalError("gone")):
            self._send(event)

    @rule(event=st.sampled_from(EVENTS))
    def deliver_while_a_reader_is_wrong(self, event):
        with mock.patch.object(self.platform, "_report", side_effect=KeyError("odd")):
            self._send(event)

    @rule()
    def start_again(self):
        self.understood |= self._events("waiting")
        settle.settle_left_behind(timezone.now(), older_than=timedelta())
        assert self._events("waiting") == set()

    @rule()
    def replay_what_was_not_understood(self):
        self.understood |= self._events("unparsed")
        assert "unparsed" not in set(settle.replay(Delivery.objects.filter(verdict="unparsed")))

    @rule()
    def replay_everything(self):
        self.understood |= self._events("unparsed", "waiting")
        assert set(settle.replay(Delivery.objects.all())) <= {"recorded"}

    @rule()
    def prune_deliveries(self):
        self.pruned |= self._events()
        list(prune(old_deliveries(NOON + timedelta(days=9999))))

    @invariant()
    def every_acknowledged_delivery_is_there(self):
        assert set(self.acknowledged) - self.pruned <= self._events()

    @invariant()
    def a_status_never_goes_back(self):
        for call_id, status in Call.objects.values_list("platform_call_id", "status"):
            assert PHASES[status] >= self.phases.get(call_id, 0)
            self.phases[call_id] = PHASES[status]

    @invariant()
    def the_calls_are_those_of_the_sorted_run(self):
        known = self._calls()
        events = [event for event in EVENTS if event["id"] in self.understood]
        expected = {}
        with transaction.atomic():
            Call.objects.all().delete()
            for event in events:
                at = after(0).fromisoformat(event["at"])
                record_reports([self.platform._report(event, "production", at)])
            expected = self._calls()
            transaction.set_rollback(True)
        assert known == expected
        assert CallDetail.objects.count() == Call.objects.count()

    def _calls(self):
        return {row[0]: row[1:] for row in Call.objects.values_list("platform_call_id", *FACTS)}

    def _events(self, *verdicts):
        rows = Delivery.objects.filter(verdict__in=verdicts) if verdicts else Delivery.objects.all()
        return {json.loads(bytes(body))["id"] for body in rows.values_list("body", flat=True)}

    def _send(self, event):
        body = json.dumps(event).encode()
        headers = {"x-signature": signature(body)}
        response = Client().post(DOOR, body, content_type="application/json", headers=headers)
        assert response.status_code == 200
        self.acknowledged[event["id"]] += 1
        self.pruned.discard(event["id"])
        return response.json()["status"]


@pytest.mark.django_db
def test_any_history_of_deliveries_gives_the_calls_of_the_sorted_one(plain_platform):
    Deliveries.platform = plain_platform
    run_state_machine_as_test(
        Deliveries, settings=settings(max_examples=40, stateful_step_count=25, deadline=None)
    )
