"""What Sentry says of people is hidden at every door, in the cache and in the database."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from sentry_logs.models import Tally
from tests.factories import make_call
from tests.logs.pages import HTMX, ago, browse, panel, text_of, titles

NUMBER, MAIL, NAME = "+447700900123", "mara.canary@example.com", "Mara Lindqvist"
TITLE = f"LookupError: no caller {NUMBER} ({MAIL}) in /app/crm/find.py:1417 after 30001 ms"
SHOWN = "LookupError: no caller +44 ••• 23 ([email •••]) in /app/crm/find.py:1417 after 30001 ms"
SECRETS = re.compile(r"900123|mara|canary|Lindqvist", re.IGNORECASE)


@pytest.fixture
def call(sandbox, db):
    call = make_call(
        platform_call_id="call_9f3c1e70a1b24d55", started_at=timezone.now() - timedelta(minutes=9)
    )
    facts = {
        "level": "error",
        "title": TITLE,
        "message": f"Patient {NAME} called",
        "transaction": f"/callers/{NUMBER}/",
        "timestamp": ago(minutes=5),
    }
    sandbox.add_event(correlation_id=call.platform_call_id, **facts)
    sandbox.add_event(correlation_id="", **facts)
    sandbox.add_log(
        correlation_id=call.platform_call_id, message=f"dialling {NUMBER}", timestamp=ago(minutes=4)
    )
    return call


DOORS = {
    "panel": lambda client, call: panel(client, call.platform_call_id),
    "panel without scripts": lambda client, call: panel(client, call.platform_call_id, headers={}),
    "group": lambda client, call: client.get("/logs/group/", {"id": call.platform_call_id}, headers=HTMX),
    "browse": lambda client, call: browse(client, open=call.platform_call_id, now=1),
    "untagged": lambda client, call: client.get("/logs/untagged/", headers={}),
    "marks": lambda client, call: client.get("/calls/marks/", {"ids": str(call.pk)}),
    "json": lambda client, call: client.get("/api/sentry/events", {"correlationId": call.platform_call_id}),
}


@pytest.mark.parametrize("door", DOORS)
def test_no_door_shows_it(support_client, call, door):
    response = DOORS[door](support_client, call)

    assert response.status_code == 200
    assert not SECRETS.search(response.content.decode())
    assert "•••" in response.content.decode() or "\\u2022" in response.content.decode()


def test_what_engineers_need_is_left_and_the_rest_is_counted(support_client, call):
    response = panel(support_client, call.platform_call_id)

    assert SHOWN in titles(response)
    assert re.findall(r"\d+ items? hidden", text_of(response)) == ["8 items hidden"]


def test_the_cache_holds_the_masked_form(support_client, call):
    for door in DOORS.values():
        door(support_client, call)

    kept = [entry.decode("latin-1") for entry in cache._cache.values()]

    assert kept and not any(SECRETS.search(entry) for entry in kept)


def test_kept_marks_hold_the_masked_form_and_older_ones_are_masked_when_read(support_client, call):
    DOORS["marks"](support_client, call)
    assert {tally.last_title for tally in Tally.objects.all()} == {SHOWN}

    Tally.objects.update(last_title=TITLE)

    assert SHOWN in DOORS["marks"](support_client, call).content.decode()
