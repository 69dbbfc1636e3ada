"""A house in which one text stands in every field that can hold one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard.calls.models import Call, CallAlias, CallDetail
from dashboard.evidence.models import Evidence
from dashboard.evidence.pins import pin, take
from dashboard.ingest.models import Delivery, UnknownReason
from dashboard.people.groups import give_role
from dashboard.people.roles import Role
from sentry_logs.sandbox import Sandbox
from tests.factories import make_call, make_person

ID = "call-planted"


@dataclass(frozen=True)
class Planted:
    call: Call
    delivery: Delivery
    evidence: Evidence
    event_id: str

    def pages(self) -> dict[str, tuple[str, bool]]:
        """Return every page and fragment that shows what was planted, and whether htmx asks for it."""
        call, started = f"/calls/{self.call.pk}/", self.call.started_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        panel = f"/logs/call/?id={ID}&started={started}&try=1"
        event = f"/logs/event/receptionist/{self.event_id}/"
        return {
            "table": ("/calls/?range=90d&marks=1", False),
            "live": (f"/calls/live/?since={started}&rows={self.call.pk}&range=90d", True),
            "marks": (f"/calls/marks/?ids={self.call.pk}", True),
            "issue": ("/calls/?issue=1&now=1", False),
            "overview": ("/calls/overview/", False),
            "call": (call, False),
            "verdict": (f"{call}verdict/?try=1", True),
            "conversation": (f"{call}conversation/", False),
            "ticket": (f"{call}ticket/", False),
            "evidence": (f"{call}evidence/", False),
            "panel": (panel, True),
            "event in its row": (event, True),
            "event": (event, False),
            "browse": ("/logs/?statsPeriod=7d&now=1", False),
            "group": (f"/logs/group/?id={ID}", True),
            "untagged": ("/logs/untagged/", False),
            "reveal": (f"/reveal/call/{self.call.pk}/", False),
            "audit": ("/audit/", False),
            "admin's calls": ("/admin/calls/call/", False),
            "admin's call": (f"/admin/calls/call/{self.call.pk}/change/", False),
            "admin's deliveries": ("/admin/ingest/delivery/", False),
            "admin's delivery": (f"/admin/ingest/delivery/{self.delivery.pk}/change/", False),
            "admin's reasons": ("/admin/ingest/unknownreason/", False),
        }


def plant(sandbox: Sandbox, text: str) -> Planted:
    """Plant a text in a call and all that hangs on it, and in events and log lines of Sentry."""
    now = datetime.now(UTC).replace(microsecond=0)
    call = make_call(
        platform_call_id=ID,
        started_at=now - timedelta(minutes=30),
        ended_at=now - timedelta(minutes=20),
        environment="production",
        from_number=f"+44{text}"[:100],
        to_number=text[:100],
        line=text[:100],
        agent_id=text[:100],
        agent_name=text[:100],
        agent_version=text[:40],
        ended_reason_raw=text[:200],
    )
    CallDetail.objects.create(
        call=call,
        transcript=[{"role": role, "text": text, "atMs": 1} for role in ("caller", "agent", text)],
        tool_calls=[{"name": text, "atMs": 2, "arguments": {text: text}, "result": text, "failed": True}],
        summary=text,
        sentiment=text[:40],
        transfer_to=text[:100],
        language=text[:20],
        recording_url=text,
        cost_amount=1,
        cost_currency=text[:10],
        metadata={text: text},
    )
    CallAlias.objects.create(call=call, kind=text[:40], value=text[:200])
    delivery = Delivery.objects.create(
        platform="vapi",
        environment="production",
        dedupe_key="a" * 64,
        event_type=text[:100],
        verdict=Delivery.Verdict.UNPARSED,
        problem=text,
        call=call,
        platform_call_id=text[:200],
        content_type=text[:100],
        body=text.encode(),
    )
    UnknownReason.objects.create(platform="vapi", reason=text[:200])
    at = now - timedelta(minutes=25)
    event_id = sandbox.add_event(correlation_id=ID, timestamp=at, **_event(text))
    sandbox.add_event(correlation_id=None, timestamp=at, title=text, message=text)
    sandbox.add_log(correlation_id=ID, timestamp=at, message=text)
    person = make_person("planter")
    person.first_name = person.last_name = text[:100]
    person.save()
    evidence = pin(call, by=person, reason=text[:200])
    take(evidence, backend="discover", wait=5.0)
    return Planted(call, delivery, evidence, event_id)


def _event(text: str) -> dict[str, Any]:
    frame = {
        "filename": text,
        "abs_path": text,
        "module": text,
        "function": text,
        "lineno": 3,
        "in_app": True,
        "pre_context": [text],
        "context_line": text,
        "post_context": [text],
        "vars": {text: text},
    }
    return {
        "message": text,
        "transaction": text,
        "environment": "production",
        "release": text[:60],
        "server_name": text,
        "logger": text,
        "tags": {"region": text[:190]},
        "user": {"id": text, "email": text, "username": text, "ip_address": "192.0.2.1"},
        "request": {"method": "GET", "url": text, "query_string": [[text, text]], "headers": {text: text}},
        "contexts": {"runtime": {"name": text, "version": text}},
        "extra": {text: text},
        "breadcrumbs": {
            "values": [{"category": text, "message": text, "data": {text: text}, "level": "info"}]
        },
        "exception": {"values": [{"type": text, "value": text, "stacktrace": {"frames": [frame]}}]},
    }


def readers() -> dict[str, Any]:
    lead, admin = make_person("lena", Role.LEAD), make_person("ada", Role.ADMINISTRATOR)
    give_role(lead, Role.LEAD)
    return {"lead": lead, "admin": admin}
