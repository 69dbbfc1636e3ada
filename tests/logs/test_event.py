"""One event in full: in its row, and on a page of its own."""

from __future__ import annotations

import re

import pytest

from tests.logs.pages import HTMX, ago, panel, text_of

FRAMES = [
    {"filename": "asyncio/runners.py", "function": "run", "lineno": 118, "in_app": False},
    {
        "filename": "agent/turn.py",
        "function": "speak",
        "lineno": 141,
        "in_app": True,
        "pre_context": ["async def speak(self, reply):"],
        "context_line": "    audio = self.speech.synthesize(reply)",
        "post_context": ["    await self.room.play(audio)"],
        "vars": {"reply": "Hello", "tries": 3, "caller": {"phone": "+44 20 7946 0958"}},
    },
]
BROKEN = {
    "exception": {
        "values": [
            {"type": "HTTPError", "value": "503 Service Unavailable"},
            {
                "type": "SpeechError",
                "value": "No audio for mira@example.org",
                "mechanism": {"type": "logging", "handled": True},
                "stacktrace": {"frames": FRAMES},
            },
        ]
    },
    "breadcrumbs": {
        "values": [
            {
                "timestamp": ago(minutes=50, seconds=1).timestamp(),
                "category": "http",
                "message": "POST /speech",
            }
        ]
    },
    "request": {
        "method": "POST",
        "url": "https://voice.example/turn",
        "query_string": "caller=Mira&page=2",
        "headers": {"User-Agent": "vapi/1.0", "Cookie": "session=1"},
    },
    "user": {"id": "42", "email": "mira@example.org"},
    "tags": {"region": "eu-west-2"},
    "contexts": {"runtime": {"name": "CPython", "version": "3.12.4"}},
    "extra": {"attempt": 3},
    "release": "voice@2.3.1",
}


@pytest.fixture
def broken(sandbox):
    """A call with one failure, and the address of its event."""
    sandbox.add_event(correlation_id="call_1", timestamp=ago(minutes=50), **BROKEN)


def address_of(client):
    html = panel(client, started=ago(hours=1)).content.decode()
    return re.search(r'hx-get="(/logs/event/[^"]*)"', html).group(1).replace("&amp;", "&")


def whole(client, headers=HTMX):
    return client.get(address_of(client), headers=headers)


def test_the_list_loads_an_event_when_it_is_opened_and_never_before(broken, sandbox, support_client):
    html = panel(support_client, started=ago(hours=1)).content.decode()

    assert 'hx-trigger="toggle once"' in html and 'hx-target="find .whole"' in html
    assert not any("receptionist:" in request.path for request in sandbox.requests)


def test_our_frames_come_first_and_open_and_library_frames_are_folded(broken, support_client):
    html = whole(support_client).content.decode()

    assert re.search(r"<details open><summary><code>agent/turn.py</code> in <code>speak</code>", html)
    assert '<code data-n="141" class="here">    audio = self.speech.synthesize(reply)</code>' in html
    assert "1 library frame<" in html
    assert html.index("agent/turn.py") < html.index("asyncio/runners.py")


def test_what_ended_the_work_comes_before_its_cause(broken, support_client):
    words = text_of(whole(support_client))

    assert words.index("SpeechError") < words.index("Caused by") < words.index("HTTPError 503")
    assert "handled" in words


def test_everything_sentry_has_is_there(broken, support_client):
    words = text_of(whole(support_client))

    assert "+9:59" in words and "http POST /speech" in words
    for part in (
        "tries 3",
        "Request",
        "POST https://voice.example/turn",
        "region eu-west-2",
        "User-Agent vapi/1.0",
    ):
        assert part in words
    assert "Runtime 2" in words and "version 3.12.4" in words and "attempt 3" in words


def test_personal_data_is_hidden_everywhere_also_in_what_is_copied(broken, support_client):
    html = whole(support_client).content.decode()

    assert "mira@example.org" not in html and "7946" not in html and "Mira" not in html
    assert "No audio for [email •••]" in html
    assert "?caller=•••&amp;page=2" in html and "session=1" not in html


def test_it_can_be_copied_as_text_and_as_json(broken, support_client):
    html = whole(support_client).content.decode()

    text = re.search(r'<pre id="text-\w+" hidden>(.*?)</pre>', html, re.S).group(1)
    assert "agent/turn.py in speak, line 141" in text and "voice@2.3.1" in text
    json = re.search(r'<pre id="json-\w+" hidden>(.*?)</pre>', html, re.S).group(1)
    assert "&quot;function&quot;: &quot;speak&quot;" in json


def test_it_is_asked_for_once(broken, sandbox, support_client):
    whole(support_client)
    asked = len(sandbox.requests)
    whole(support_client)
    assert len(sandbox.requests) == asked


def test_an_event_has_a_page_of_its_own(broken, support_client):
    page = whole(support_client, headers={})

    assert page.status_code == 200
    assert "<h1>" in page.content.decode() and "agent/turn.py" in text_of(page)


def test_an_event_that_sentry_forgot_says_so(sandbox, support_client):
    response = support_client.get(f"/logs/event/receptionist/{'0' * 32}/", headers=HTMX)

    assert response.status_code == 200
    assert "Sentry does not have this event any more." in text_of(response)
    assert "What the list says of it is still true." in text_of(response)


def test_a_failure_says_so_in_its_place(broken, sandbox, support_client):
    address = address_of(support_client)
    sandbox.faults.set("status", status=403)
    assert "Try again" in text_of(support_client.get(address, headers=HTMX))


@pytest.mark.parametrize("wrong", ["abc", "0" * 31, "g" * 32, "A" * 32])
def test_what_is_no_event_id_is_not_found(sandbox, support_client, wrong):
    assert support_client.get(f"/logs/event/receptionist/{wrong}/").status_code == 404


def test_a_wrong_start_is_named(sandbox, support_client):
    page = support_client.get(f"/logs/event/receptionist/{'0' * 32}/?started=soon")
    assert page.status_code == 400 and "started" in text_of(page)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"entries": [None, 3, {"type": "exception"}, {"type": "exception", "data": {"values": "none"}}]},
        {
            "entries": [
                {
                    "type": "exception",
                    "data": {"values": [{"stacktrace": {"frames": [None, {"lineNo": "x"}]}}]},
                }
            ]
        },
        {"entries": [{"type": "exception", "data": {"values": [{"type": "E", "value": "x" * 9_000}] * 40}}]},
        {"entries": [{"type": "threads", "data": {"values": [{"stacktrace": {"frames": [{"vars": [1]}]}}]}}]},
        {
            "entries": [
                {"type": "breadcrumbs", "data": {"values": [{"timestamp": 1e99}, {"timestamp": "soon"}]}}
            ]
        },
        {
            "entries": [
                {"type": "request", "data": {"headers": "no", "query": [["a"], 3], "data": {"a": [1]}}}
            ]
        },
        {"user": [], "tags": [{"key": None}], "contexts": {"a": None, "b": {"c": {}}}, "release": 5},
        {"title": None, "dateCreated": 12, "context": {"a": {"b": ["c"]}}, "message": {"a": 1}},
    ],
)
def test_strange_contents_hide_nothing_else(broken, sandbox, support_client, body):
    address = address_of(support_client)
    sandbox.faults.set("wrong_shape", body=body)
    response = support_client.get(address, headers=HTMX)
    assert response.status_code == 200 and "Copy as text" in text_of(response)


def test_what_is_too_long_is_said(broken, sandbox, support_client):
    address = address_of(support_client)
    crumbs = [{"message": f"step {number}"} for number in range(130)]
    frames = [{"filename": f"f{number}.py"} for number in range(130)]
    entries = [
        {"type": "breadcrumbs", "data": {"values": crumbs}},
        {"type": "exception", "data": {"values": [{"type": "E", "stacktrace": {"frames": frames}}]}},
    ]
    sandbox.faults.set("wrong_shape", body={"entries": entries})
    words = text_of(support_client.get(address, headers=HTMX))
    assert "Left out here: the outermost 30 calls of a stack, 30 earlier breadcrumbs." in words
    assert "step 129" in words and "step 29 " not in words and "f129.py" in words
