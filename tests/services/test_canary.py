from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from sentry_logs import services
from sentry_logs.answers import CallToCheck
from sentry_logs.periods import PERIODS
from sentry_logs.services import canary


def ago(**length) -> datetime:
    return datetime.now(UTC) - timedelta(**length)


@pytest.fixture(autouse=True)
def canary_is_on(settings) -> None:
    settings.SENTRY_CANARY = True


@pytest.fixture
def busy(sandbox):
    """A sandbox in which three calls had events in the last hour."""
    for number in (1, 2, 3):
        sandbox.add_event(correlation_id=f"call-{number}", timestamp=ago(minutes=10 * number))
    return sandbox


def ask(correlation_id="call-1", backend="discover"):
    return services.events_for_call(
        correlation_id, backend=backend, environment="all", period=PERIODS["24h"], wait=5.0
    )


def mark(correlation_id="call-9", environment="production"):
    call = CallToCheck(correlation_id, ago(minutes=30), ago(minutes=25))
    answer = services.error_marks([call], backend="discover", environment=environment, wait=5.0)
    return answer, answer.value[0]


def questions(sandbox) -> list[str]:
    return [request.values("query")[-1] for request in sandbox.requests if request.values("query")]


def canaries(sandbox) -> int:
    """Count the proofs by their question about an id that cannot exist."""
    return sum(text.startswith('tags[correlation_id]:"canary-') for text in questions(sandbox))


def proving(sandbox) -> int:
    """Count the requests of all proofs, by the columns that nobody else asks for."""
    columns = (["id", "timestamp", "tags[correlation_id]"], ["count()"], ["tags[correlation_id]", "count()"])
    return sum(request.values("field") in columns for request in sandbox.requests)


def test_the_first_answer_is_proven_and_says_nothing_of_it(busy):
    answer = ask("call-9")

    assert answer.complete is True
    assert {source.state for source in answer.sources} == {"ok"}
    assert (canary.last_proof().state, canaries(busy)) == ("proven", 1)


def test_the_proof_asks_for_a_call_just_seen_and_for_one_that_cannot_exist(busy):
    ask("call-9")

    proof = [text for text in questions(busy) if "canary-" in text]
    assert len(proof) == 2 and '"call-1"' in proof[1]


def test_one_proof_holds_for_an_hour(busy):
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        for minutes in (0, 30, 29):
            clock.shift(minutes * 60)
            ask()
        assert canaries(busy) == 1
        clock.shift(120)
        ask()
        assert canaries(busy) == 2


def test_a_new_process_proves_it_again(busy, monkeypatch):
    ask("call-1")
    monkeypatch.setattr(canary, "STARTED", datetime.now(UTC))
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61), tick=True):
        ask("call-2")
        ask("call-3")

    assert canaries(busy) == 2


def test_a_dropped_query_is_noticed_and_said_in_every_answer(busy):
    busy.faults.set("ignore_query")

    answer = services.grouped_events(backend="discover", environment="all", period=PERIODS["24h"])

    assert answer.complete is False
    assert answer.sources[0].state == "failed"
    assert answer.sources[0].reason == "Sentry did not filter by call: an id that cannot exist had 3 events."
    assert "proxy" in answer.sources[0].hint


def test_a_call_is_not_called_clean_while_the_filter_does_not_filter(busy, db):
    busy.faults.set("ignore_query")

    _answer, of_the_call = mark()

    assert of_the_call.state == "failed"
    assert of_the_call.reason.startswith("Sentry did not filter by call")


def test_marks_that_were_clean_before_are_not_shown_as_clean_either(busy, db):
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        assert mark()[1].state == "clean"
        busy.faults.set("ignore_query")
        clock.shift(2 * 3600)
        ask("call-1")
        assert mark()[1].state == "failed"


def test_after_the_fault_the_next_minute_heals_it_without_anybody(busy, db):
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        busy.faults.set("ignore_query")
        assert mark()[1].state == "failed"
        busy.faults.clear()
        clock.shift(61)
        assert mark()[1].state == "clean"
        assert ask("call-9").complete is True


def test_a_renamed_tag_is_noticed(sandbox):
    for number in range(12):
        sandbox.add_event(tags={"call_id": f"call-{number}"}, timestamp=ago(minutes=number + 5))

    answer = ask("call-1")

    assert answer.sources[0].reason == (
        "None of the 12 events of the last 24 hours in Sentry carries a call's id."
    )
    assert "SENTRY_CORRELATION_TAG is correlation_id" in answer.sources[0].hint


def test_a_quiet_day_proves_nothing_and_accuses_nobody(sandbox):
    sandbox.add_event(correlation_id=None, timestamp=ago(minutes=5))

    answer = ask("call-1")

    assert (answer.complete, canary.last_proof()) == (True, None)


def test_a_list_that_lets_other_calls_through_is_noticed(busy):
    busy.faults.set("ignore_query", containing="]:[")

    answer = ask("call-9")

    assert answer.sources[0].reason == (
        "Sentry did not filter by call: asked for one id, it gave 2 events of others."
    )


def test_an_unreachable_sentry_takes_back_no_proof(busy):
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        ask()
        clock.shift(3700)
        busy.faults.set("html", status=502)
        assert canary.prove().state == "unknown"
        assert canary.last_proof().state == "proven"


def test_a_slow_sentry_ends_the_proof_instead_of_holding_the_page(busy, settings):
    settings.SENTRY_TIMEOUT = 0.5
    busy.faults.set("delay", seconds=0.4)

    assert canary.prove().state == "unknown"
    assert proving(busy) <= 2


def test_a_failed_proof_is_repeated_every_minute_not_with_every_question(busy):
    busy.faults.set("ignore_query")
    with time_machine.travel(datetime.now(UTC), tick=True) as clock:
        for number in range(5):
            ask(f"call-{number}")
        assert proving(busy) == 2  # it ended at its second question
        clock.shift(61)
        ask("call-1")
        ask("call-2")
    assert proving(busy) == 4


def test_twenty_at_once_prove_it_once(busy):
    with ThreadPoolExecutor(20) as people:
        list(people.map(lambda number: ask(f"call-{number}"), range(20)))

    assert proving(busy) == 3


def test_the_browse_page_does_not_claim_that_nothing_matches(busy, support_client):
    renamed(busy)

    page = support_client.get("/logs/", query_params={"range": "24h"}, headers={"HX-Request": "true"})

    words = page.content.decode()
    assert "None of the 13 events" in words
    assert "We cannot say which events match." in words
    assert "No events with a correlation id match." not in words


def test_the_call_page_does_not_claim_that_there_are_no_events(busy, support_client):
    asked = {"id": "call-9", "started": ago(minutes=30).isoformat(), "ended": ago(minutes=25).isoformat()}
    asked["try"] = "1"
    renamed(busy)

    page = support_client.get("/logs/call/", query_params=asked, headers={"HX-Request": "true"})

    words = page.content.decode()
    assert "We cannot say whether there are events." in words
    assert "No events for this call" not in words
    assert "None of the 13 events" in words


def test_json_says_that_the_answer_is_not_complete(busy, support_client):
    busy.faults.set("ignore_query")

    meta = support_client.get("/api/sentry/browse", query_params={"environment": "all"}).json()["meta"]

    assert meta["complete"] is False
    assert meta["sources"][0]["state"] == "failed"
    assert "did not filter by call" in meta["sources"][0]["reason"]


def renamed(sandbox) -> None:
    """All events of the last day, and they carry another tag than ours."""
    sandbox.store.clear()
    for number in range(13):
        sandbox.add_event(tags={"call_id": f"call-{number}"}, timestamp=ago(minutes=number + 5))
