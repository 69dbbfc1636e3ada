"""No door shows what is personal, to whomever, unless the audit trail says so before."""

from __future__ import annotations

import logging
import re
from urllib.parse import quote, urlencode

import pytest
from django.core.cache import cache
from django.urls import reverse

from dashboard.audit.models import Entry
from dashboard.evidence.models import Evidence
from dashboard.ingest.models import Delivery
from dashboard.logs import HidePersonal
from tests.access.doors import doors
from tests.masking.canaries import CORRELATION_ID, EVENT_ID, NUMBER, PLAIN, askers, found_in, plant

KINDS = {
    "plain": {},
    "htmx": {"HX-Request": "true"},
    "table": {"HX-Request": "true", "HX-Target": "table"},
    "json": {"Accept": "application/json"},
}
WHY = {"category": "fault", "reason": "The caller says that a number is wrong", "token": "0" * 32}


@pytest.fixture
def call(sandbox, db):
    return plant(sandbox)


def question(name: str, call) -> list[dict[str, str]]:
    """Return what to ask a door, so that it says as much as it can."""
    started = {"id": CORRELATION_ID, "started": call.started_at.isoformat(), "environment": "all"}
    moment = "2020-01-01T00:00:00+00:00"
    return {
        "calls:list": [{}, {"q": CORRELATION_ID, "marks": "1", "now": "1"}, {"q": "7123"}],
        "calls:marks": [{"ids": str(call.pk)}],
        "calls:live": [
            {"since": moment, "rows": str(call.pk)},
            {"since": moment, "rows": str(call.pk), "running": str(call.pk)},
        ],
        "calls:export": [{"format": "csv"}, {"format": "jsonl"}],
        "sentry:group": [{"id": CORRELATION_ID}],
        "sentry:browse": [{"open": CORRELATION_ID, "now": "1"}],
        "sentry:untagged": [{"now": "1"}],
        "sentry:call-logs": [started | {"try": "1"}, started | {"range": "call"}],
        "sentry-api:events": [{"correlationId": CORRELATION_ID}],
        "sentry-api:error-check": [{}],
    }.get(name, [{}])


def addresses(call) -> dict[str, list[str]]:
    """Return every address of the house by the name of its door."""
    found = {}
    for door in doors():
        filled = {argument: value(door, argument, call) for argument in door.arguments}
        if door.name.startswith("admin"):
            path = "/" + re.sub(
                r"<\w+:(\w+)>|\(\?P<(\w+)>.*?\)\$?",
                lambda m, filled=filled: str(filled[m[1] or m[2]]),
                door.route,
            )
        else:
            path = reverse(door.name, kwargs=filled)
        found[f"{door.name} {door.route}"] = [
            f"{path}?{urlencode(asked)}" if asked else path for asked in question(door.name, call)
        ]
    return found


def value(door, argument: str, call) -> object:
    delivery = Delivery.objects.get().pk
    if argument == "object_id":
        return delivery if "delivery" in door.route else call.pk if "calls/call" in door.route else 1
    if argument == "pk":
        return delivery if door.name == "reveal:delivery" else call.pk
    return {
        "evidence": Evidence.objects.get().pk,
        "text": "forged",
        "project": "receptionist",
        "event_id": EVENT_ID,
        "platform": call.platform,
        "platform_call_id": CORRELATION_ID,
        "environment": "production",
        "app_label": "calls",
        "content_type_id": 1,
        "url": "nothing",
        "id": 1,
    }[argument]


@pytest.fixture
def log():
    """Return what the log has, behind the filters that every handler has."""
    kept: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record):
            kept.append(self.format(record))

    handler = Keep(logging.DEBUG)
    handler.addFilter(HidePersonal())
    logging.getLogger().addHandler(handler)
    yield kept
    logging.getLogger().removeHandler(handler)


def said_by(response) -> str:
    body = b"".join(response).decode("utf-8", "replace")
    return f"{body}\n{response.headers}"


def test_no_look_at_any_door_shows_it_to_anybody(call, log):
    everybody, shown, looked = askers(), [], 0
    for name, asked in addresses(call).items():
        for who, client in everybody.items():
            kinds = KINDS if who == "everything" else {"plain": {}}
            for kind, headers in kinds.items():
                for address in asked:
                    response = client.get(address, headers=headers)
                    looked += 1
                    if canaries := found_in(words := said_by(response)):
                        around = words[max(0, words.find(canaries[0]) - 60) :][:120]
                        shown.append(f"{name} to {who} ({kind}): {sorted(set(canaries))} in {around!r}")
                    response.close()

    assert not shown, "\n".join(shown)
    assert looked > 800
    assert not found_in("".join(log))
    assert not found_in("".join(entry.decode("latin-1") for entry in cache._cache.values()))
    assert not Entry.objects.filter(event__in=["reveal", "recording_opened"]).exists()
    assert not found_in(str(list(Entry.objects.values())))
    assert not found_in("".join(Evidence.objects.values_list("content", flat=True)))


def test_what_engineers_need_is_still_there(call):
    lead = askers()["Support lead"]
    (panel, *_more) = addresses(call)["sentry:call-logs logs/call/"]

    page = said_by(lead.get(panel, headers={"HX-Request": "true"})) + said_by(
        lead.get(f"/logs/event/receptionist/{EVENT_ID}/")
    )

    assert [plain for plain in PLAIN if plain not in page] == []


def test_what_is_shown_in_clear_is_in_the_trail_before(call):
    lead = askers()["Support lead"]
    sent = WHY | {"what": ["numbers", "conversation", "recording"]}

    page = said_by(lead.post(f"/reveal/call/{call.pk}/", sent))

    assert found_in(page)
    [entry] = Entry.objects.filter(result="shown", event="reveal")
    assert entry.fields == ["conversation", "numbers", "recording"]


def test_a_look_at_the_trail_does_not_show_it(call):
    lead = askers()["Support lead"]
    sent = WHY | {"what": ["numbers"], "reason": f"Ring {NUMBER} back at once"}
    lead.post(f"/reveal/call/{call.pk}/", sent)

    assert not found_in(said_by(lead.get(f"/calls/{call.pk}/")))
    assert not found_in(said_by(lead.post(f"/calls/find/?{quote('x')}", {"q": NUMBER})))
