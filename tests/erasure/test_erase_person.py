"""A person erased: nothing of them is left, nothing brings them back, and others stay."""

from __future__ import annotations

import io
import json

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from dashboard.audit.models import Entry
from dashboard.audit.record import Event
from dashboard.calls.models import Call, CallAlias, CallDetail
from dashboard.erased.listing import carry_over, listed
from dashboard.erased.models import ErasedCall
from dashboard.erasure.erasing import erase_again
from dashboard.evidence.holds import place, release
from dashboard.evidence.models import Evidence
from dashboard.ingest.models import Delivery
from dashboard.ingest.settle import replay
from dashboard.keys.models import ApiKey
from tests.api.test_calls_posted import call as posted
from tests.factories import make_call, make_person

NUMBER, DIGITS = "+442079460958", "2079460958"
WAYS = [NUMBER, "020 7946 0958", "+44 (20) 7946-0958", "00442079460958", "44 20 7946 0958"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    """A call of the person with all that can hang on it, and a call of somebody else who names the number."""
    call = make_call(from_number=NUMBER, platform_call_id="call-erased")
    CallDetail.objects.create(
        call=call,
        transcript=[{"role": "caller", "text": f"My number is {WAYS[1]}", "atMs": 1}],
        summary=f"Call back on {NUMBER}",
    )
    CallAlias.objects.create(call=call, kind="sip", value=f"sip:{NUMBER}@example.org")
    body = json.dumps({"from": NUMBER}).encode()
    Delivery.objects.create(
        platform="vapi",
        environment="production",
        dedupe_key="a" * 64,
        body=body,
        call=call,
        verdict="recorded",
    )
    Evidence.objects.create(
        call_id=call.pk,
        platform_call_id="call-erased",
        started_at=call.started_at,
        content=json.dumps({"a": 1}),
    )
    other = make_call(from_number="+442079460111", platform_call_id="call-other")
    CallDetail.objects.create(
        call=other,
        transcript=[{"role": "caller", "text": f"Tell {WAYS[2]} that I rang", "atMs": 1}],
        tool_calls=[{"name": "call", "arguments": {"to": NUMBER, "n": int(NUMBER[1:])}}],
        summary="Nothing",
    )
    Delivery.objects.create(
        platform="retell",
        environment="production",
        dedupe_key="b" * 64,
        body=f"cannot be read {WAYS[3]}".encode(),
        verdict="unparsed",
    )
    return call


def run(person, *options):
    said = io.StringIO()
    call_command("erase_person", person, *options, stdout=said)
    return said.getvalue()


def dump():
    """Return every text in every table, as the database holds it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += [
                    bytes(one).decode(errors="replace") if isinstance(one, memoryview | bytes) else str(one)
                    for one in row
                ]
    return "\n".join(found)


def digits_in(text):
    return "".join(character for character in text if character.isdigit())


@pytest.mark.parametrize("written", WAYS)
def test_nothing_of_the_person_is_left_however_the_number_is_written(person, written):
    assert DIGITS in digits_in(dump())

    said = run(written, "--yes")

    assert "1 calls erased" in said and "Looked again: 0 left." in said
    assert DIGITS not in digits_in(dump())
    assert not Call.objects.filter(platform_call_id="call-erased").exists()


def test_others_stay_and_only_lose_the_number(person):
    run(NUMBER, "--yes")
    other = Call.objects.get(platform_call_id="call-other")
    assert other.detail.transcript[0]["text"] == "Tell [erased] that I rang"
    assert other.detail.tool_calls[0]["arguments"] == {"to": "[erased]", "n": "[erased]"}
    assert other.detail.summary == "Nothing"


def test_without_yes_nothing_is_erased(person):
    before = dump()
    said = run(NUMBER)
    assert "1 calls found" in said and "Nothing was erased" in said
    assert dump() == before


def test_one_call_can_be_erased_alone(person):
    said = run(str(person.pk), "--yes")
    assert "1 calls erased" in said and "Looked again: 0 left." in said
    assert Call.objects.count() == 1


def test_it_leaves_a_trace_with_the_call_and_without_the_number(person):
    run(NUMBER, "--yes")
    entries = Entry.objects.filter(event=Event.ERASURE)
    assert {entry.call_id for entry in entries} >= {person.pk}
    assert not any(DIGITS in digits_in(f"{entry.detail}{entry.reason}") for entry in entries)


def test_a_legal_hold_wins(person):
    lena = make_person("lena")
    place(person, lena, "A case at court.")
    said = run(NUMBER, "--yes")
    assert "call-erased is on legal hold and stays" in said
    assert Call.objects.filter(pk=person.pk).exists() and Delivery.objects.filter(call=person).exists()
    release(person.pk, lena, "The case is closed.")
    run(NUMBER, "--yes")
    assert DIGITS not in digits_in(dump())


def test_searches_of_a_session_forget_the_number(person, support_client):
    support_client.post("/calls/find/", {"q": NUMBER})
    assert any(NUMBER in str(kept) for kept in support_client.session.values())
    run(NUMBER, "--yes")
    assert not any(NUMBER in str(kept) for kept in support_client.session.values())
    assert support_client.get("/calls/").status_code == 200


def test_caches_are_emptied(person):
    cache.set("anything", "masked")
    run(NUMBER, "--yes")
    assert cache.get("anything") is None


def test_neither_the_api_nor_a_replay_brings_a_call_back(person):
    raw = Delivery.objects.get(dedupe_key="a" * 64)
    run(NUMBER, "--yes")
    _key, secret = ApiKey.create("Exports", "ingest", "production")
    answer = Client(headers={"Authorization": f"Bearer {secret}"}).post(
        "/api/calls",
        [
            posted(platform="vapi", platformCallId="call-erased", fromNumber=NUMBER),
            posted(platformCallId="new"),
        ],
        "application/json",
    )
    assert answer.status_code == 201
    assert [error["index"] for error in answer.json()["errors"]] == [0]
    assert "erased with its person" in answer.json()["errors"][0]["reason"]
    assert Call.objects.filter(platform_call_id="new").exists()
    raw.pk, raw.call = None, None
    raw.save()
    list(replay(Delivery.objects.all()))
    assert not Call.objects.filter(platform_call_id="call-erased").exists()


def test_a_restored_call_is_erased_again(person):
    run(NUMBER, "--yes")
    make_call(from_number=NUMBER, platform_call_id="call-erased")  # as a backup brings it
    assert erase_again() == 1
    assert DIGITS not in digits_in(dump())


def test_the_list_knows_hashes_only_and_outlives_a_change_of_the_key(person, settings):
    run(NUMBER, "--yes")
    (row,) = ErasedCall.objects.all()
    assert len(row.key) == 64 and "call-erased" not in row.key
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key " * 5
    make_call(platform_call_id="call-erased")
    assert erase_again() == 1


@pytest.mark.parametrize("wrong", ["", "12345", "abc", "call-erased"])
def test_what_names_nobody_is_refused(person, wrong):
    with pytest.raises(CommandError, match="neither a call's id nor a phone number"):
        run(wrong, "--yes")


def test_a_number_that_only_ends_alike_is_somebody_elses(person):
    others = [make_call(from_number=number) for number in ("+4930460958", "+12079460958", "+4412079460958")]
    CallDetail.objects.create(call=others[0], summary="Ring +1 207 946 0958 or 12079460958")
    run(NUMBER, "--yes")
    assert Call.objects.filter(pk__in=[other.pk for other in others]).count() == 3
    assert CallDetail.objects.get(call=others[0]).summary == "Ring +1 207 946 0958 or 12079460958"


def test_without_a_country_all_countries_are_meant(person):
    run("020 7946 0958", "--yes")
    assert DIGITS not in digits_in(dump())


def test_the_list_is_carried_over_into_a_restored_database(person):
    run(NUMBER, "--yes")
    kept = listed()
    ErasedCall.objects.all().delete()  # a backup from before knows nothing of it
    make_call(platform_call_id="call-erased")
    carry_over(kept)
    assert erase_again() == 1
