from __future__ import annotations

from datetime import timedelta

import pytest
import requests

from tests.sandbox.conftest import NOW, ago

LEGACY = "/api/0/projects/acme/receptionist/events/"
FRAMES = [
    {"filename": "agent/turn.py", "function": "speak", "lineno": 141, "in_app": True},
    {
        "filename": "agent/speech.py",
        "abs_path": "/srv/agent/speech.py",
        "function": "synthesize",
        "lineno": 88,
        "in_app": True,
        "pre_context": ["a", "b"],
        "context_line": "raise",
        "post_context": ["c"],
    },
]
RAISED = {
    "values": [
        {"type": "HTTPError", "value": "503"},
        {
            "type": "SpeechError",
            "value": "TTS failed",
            "stacktrace": {"frames": FRAMES},
            "mechanism": {"handled": True},
        },
    ]
}


def titles(answer: requests.Response) -> list[str]:
    return [item["title"] for item in answer.json()]


def test_the_list_is_a_bare_array_newest_first(any_door):
    for minutes in (3, 1, 2):
        any_door.sandbox.add_event(title=str(minutes), timestamp=ago(minutes=minutes))
    assert titles(any_door.get(LEGACY)) == ["1", "2", "3"]


def test_an_item_carries_level_environment_and_tags_as_pairs(any_door):
    any_door.sandbox.add_event(correlation_id="c1", title="one", timestamp=NOW, environment="staging")
    item = any_door.get(LEGACY).json()[0]
    tags = {tag["key"]: tag["value"] for tag in item["tags"]}
    assert tags == {"correlation_id": "c1", "environment": "staging", "level": "error"}
    assert item["id"] == item["eventID"] and item["groupID"] == "1" and item["projectID"] == "4505001"
    assert item["event.type"] == "default"
    assert item["dateCreated"] == NOW.isoformat().replace("+00:00", "Z")
    assert "entries" not in item


def test_a_query_is_a_substring_of_the_message_and_no_search(any_door):
    any_door.sandbox.add_event(correlation_id="c1", title="No answer")
    any_door.sandbox.add_event(correlation_id="c2", title="Something else")
    assert titles(any_door.get(LEGACY, query="ANSW")) == ["No answer"]
    assert titles(any_door.get(LEGACY, query="tags[correlation_id]:c1")) == []


def test_environment_sort_and_fields_are_ignored(any_door):
    any_door.sandbox.add_event(title="one", environment="staging")
    assert titles(any_door.get(LEGACY, environment="nowhere", sort="title", field="title")) == ["one"]


def test_a_period_is_ignored_on_old_servers_only(door, old_door):
    for each in (door, old_door):
        each.sandbox.add_event(title="old", timestamp=ago(days=3))
    assert titles(door.get(LEGACY, statsPeriod="24h")) == []
    assert titles(old_door.get(LEGACY, statsPeriod="24h")) == ["old"]


def test_pages_hold_a_hundred_events_and_have_cursors(any_door):
    for number in range(120):
        any_door.sandbox.add_event(title=str(number), timestamp=NOW - timedelta(seconds=number))
    first = any_door.get(LEGACY)
    assert len(first.json()) == 100
    assert 'rel="next"; results="true"; cursor="0:100:0"' in first.headers["Link"]
    assert titles(any_door.get(LEGACY, cursor="0:100:0"))[0] == "100"
    assert any_door.get(LEGACY, per_page=101).status_code == 400


def test_full_items_have_entries(any_door):
    any_door.sandbox.add_event(exception=RAISED)
    assert any_door.get(LEGACY, full="true").json()[0]["entries"][0]["type"] == "exception"


def paths(event_id: str) -> list[str]:
    return [
        f"/api/0/projects/acme/receptionist/events/{event_id}/",
        f"/api/0/organizations/acme/events/receptionist:{event_id}/",
    ]


@pytest.mark.parametrize("which", [0, 1])
def test_the_detail_has_the_stack_trace_oldest_call_first(any_door, which):
    event_id = any_door.sandbox.add_event(exception=RAISED)
    body = any_door.get(paths(event_id)[which]).json()
    values = next(entry for entry in body["entries"] if entry["type"] == "exception")["data"]["values"]
    frames = values[-1]["stacktrace"]["frames"]
    assert [value["type"] for value in values] == ["HTTPError", "SpeechError"]
    assert [frame["function"] for frame in frames] == ["speak", "synthesize"]
    assert frames[1]["context"] == [[86, "a"], [87, "b"], [88, "raise"], [89, "c"]]
    assert (frames[1]["absPath"], frames[1]["lineNo"], frames[1]["inApp"]) == (
        "/srv/agent/speech.py",
        88,
        True,
    )


def test_the_detail_has_breadcrumbs_contexts_and_the_true_message(any_door):
    crumbs = {"values": [{"category": "http", "message": "POST", "timestamp": 1.5}]}
    event_id = any_door.sandbox.add_event(
        message="Line one\nline two",
        breadcrumbs=crumbs,
        contexts={"trace": {"trace_id": "ab"}},
        extra={"n": 1},
    )
    body = any_door.get(paths(event_id)[1]).json()
    crumb = next(entry for entry in body["entries"] if entry["type"] == "breadcrumbs")["data"]["values"][0]
    assert (crumb["type"], crumb["level"], crumb["category"]) == ("default", "info", "http")
    assert body["message"] == "Line one\nline two" and body["title"] == "Line one"
    assert body["contexts"]["trace"]["trace_id"] == "ab" and body["context"] == {"n": 1}
    assert body["projectSlug"] == "receptionist" and "nextEventID" not in body


def test_the_public_detail_knows_its_neighbours_in_the_issue(any_door):
    ids = [any_door.sandbox.add_event(title="same 1", timestamp=ago(minutes=m)) for m in (3, 2, 1)]
    body = any_door.get(paths(ids[1])[0]).json()
    assert (body["previousEventID"], body["nextEventID"]) == (ids[0], ids[2])


def test_an_unknown_event_and_an_unknown_project_are_404s(any_door):
    unknown = "0" * 32
    for path in paths(unknown):
        assert any_door.get(path).json() == {"detail": "Event not found"}
    answer = any_door.get(f"/api/0/organizations/acme/events/nobody:{unknown}/")
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize("kind", ["issues/7", "projects/receptionist"])
def test_a_permalink_leads_to_a_page_that_runs_nothing(any_door, kind):
    event_id = any_door.sandbox.add_event(title="<script>alert(1)</script>", correlation_id="c1")
    page = requests.get(f"{any_door.sandbox.url}/organizations/acme/{kind}/events/{event_id}/", timeout=5)
    assert page.status_code == 200 and "Sentry sandbox" in page.text and "c1" in page.text
    assert "&lt;script&gt;" in page.text and "<script>" not in page.text


def test_a_permalink_to_nothing_is_a_404_page(any_door):
    page = requests.get(f"{any_door.sandbox.url}/organizations/acme/issues/7/events/{'0' * 32}/", timeout=5)
    assert page.status_code == 404
