from __future__ import annotations

import socket
import time
import zlib
from threading import Thread

import pytest
import requests

from sentry_logs.sandbox import start_sandbox
from tests.sandbox.conftest import Door

EVENTS = "/api/0/organizations/acme/events/"


def test_a_fault_hits_so_many_requests_and_no_more(door):
    door.sandbox.faults.set("status", times=2, status=500, body={"detail": "Internal Error", "errorId": None})
    answers = [door.events() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [500, 500, 200]
    assert answers[0].json() == {"detail": "Internal Error", "errorId": None}


def test_a_fault_hits_only_its_path(door):
    door.sandbox.faults.set("html", path="/events/", status=503)
    assert door.get("/api/0/projects/acme/receptionist/").status_code == 200
    answer = door.events()
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "text/html" and "503 Service" in answer.text


def test_an_unknown_fault_is_refused(sandbox):
    with pytest.raises(ValueError, match="unknown fault: meteor"):
        sandbox.faults.set("meteor")


def test_a_delay_comes_before_the_true_answer(door):
    door.sandbox.faults.set("delay", times=1, seconds=0.2)
    assert door.events().elapsed.total_seconds() >= 0.2
    assert door.events().elapsed.total_seconds() < 0.2


def test_a_hanging_request_is_let_go_by_clear(door):
    door.sandbox.faults.set("hang", times=1)
    statuses: list[int] = []
    asking = Thread(target=lambda: statuses.append(door.events().status_code))
    asking.start()
    while not door.sandbox.requests:
        time.sleep(0.001)
    assert statuses == []
    door.sandbox.faults.clear()
    asking.join()
    assert statuses == [200]


@pytest.mark.parametrize("kind", ["drip_body", "drip_headers"])
def test_a_dripping_answer_defeats_a_read_timeout(door, kind):
    door.sandbox.faults.set(kind, times=1, seconds=0.002, chunk=8)
    started = time.monotonic()
    answer = door.session.get(
        door.sandbox.url + EVENTS, params={"field": "id", "project": 4505001}, timeout=0.5
    )
    assert answer.json()["data"] == []
    assert time.monotonic() - started > 0.03


def test_a_closed_connection_gives_no_answer(door):
    door.sandbox.faults.set("close", times=1)
    with pytest.raises(requests.ConnectionError):
        door.events()
    assert door.events().status_code == 200


def test_a_cut_answer_is_shorter_than_it_says(door):
    door.sandbox.faults.set("cut", times=1)
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        door.events()


def test_truncated_json_is_complete_http(door):
    door.sandbox.faults.set("truncated_json", times=1)
    answer = door.events()
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        answer.json()


def test_json_of_a_wrong_shape(door):
    door.sandbox.faults.set("wrong_shape", times=2, body={"rows": []})
    assert door.events().json() == {"rows": []}


def test_a_huge_body_is_as_long_as_asked(door):
    door.sandbox.faults.set("huge", times=1, size=3_000_000)
    assert len(door.events().content) > 3_000_000


def test_a_gzip_bomb_is_small_on_the_wire(door):
    door.sandbox.faults.set("gzip_bomb", times=1, size=20 * 1024 * 1024)
    answer = door.session.get(door.sandbox.url + EVENTS, stream=True, timeout=5)
    wire = answer.raw.read(decode_content=False)
    assert len(wire) < 100_000
    assert len(zlib.decompressobj(31).decompress(wire)) == 1024 * 1024


def test_a_redirect_names_another_host(door):
    door.sandbox.faults.set("redirect", times=1, location="http://elsewhere.test/")
    answer = door.events()
    assert (answer.status_code, answer.headers["Location"]) == (302, "http://elsewhere.test/")


def test_overload_is_a_400_that_says_query_timeout(door):
    door.sandbox.faults.set("query_timeout", times=1)
    answer = door.events()
    assert answer.status_code == 400
    assert "Query timeout. Please try again." in answer.json()["detail"]


def test_a_limit_lasts_until_its_reset(door):
    door.sandbox.faults.set("rate_limited", seconds=0.3)
    answer = door.events()
    assert answer.status_code == 429 and isinstance(answer.json(), str)
    assert int(answer.headers["X-Sentry-Rate-Limit-Reset"]) >= time.time()
    time.sleep(0.3)
    assert door.events().status_code == 200


def test_faulty_requests_are_noted_with_their_status(door):
    door.sandbox.faults.set("html", times=1, status=502)
    door.events()
    assert door.sandbox.requests[-1].status == 502


def test_a_stopped_sandbox_closes_its_port_and_its_connections():
    with start_sandbox() as sandbox:
        door = Door(sandbox)
        door.events()
        port = int(sandbox.url.rsplit(":", 1)[1])
    with pytest.raises(requests.ConnectionError):
        door.events()
    with pytest.raises(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        pass


def test_a_taken_port_is_an_error(sandbox):
    port = int(sandbox.url.rsplit(":", 1)[1])
    with pytest.raises(OSError), start_sandbox(port=port):
        pass


def test_a_head_answer_has_no_body_and_keeps_the_connection_usable(door):
    door.session.head(door.sandbox.url + EVENTS, timeout=5)
    assert door.events().status_code == 200


def test_a_dropped_query_is_answered_as_if_there_had_been_none(door):
    for name in ("one", "two"):
        door.sandbox.add_event(correlation_id=name, title=name)
    door.sandbox.faults.set("ignore_query", containing='"one"')
    assert door.titles('tags[correlation_id]:"one"') == ["one", "two"]
    assert door.titles('tags[correlation_id]:"two"') == ["two"]
