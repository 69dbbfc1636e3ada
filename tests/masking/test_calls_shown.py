"""Pages, lists and files get calls with what is personal masked, whatever a template does with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from dashboard.calls.conversation import conversation
from dashboard.calls.models import Call, CallAlias, CallDetail
from dashboard.calls.shape import call_as_json
from dashboard.calls.shown import ShownCall
from tests.factories import make_call

PERSONAL = {
    Call: {"from_number", "to_number", "from_last4", "to_last4", "ended_reason_raw"},
    CallDetail: {"transcript", "tool_calls", "summary", "transfer_to", "recording_url", "metadata"},
    CallAlias: set(),
}
# Words of ours and of platforms, ids by which systems find a call, names of businesses and of agents.
NOT_PERSONAL = {
    Call: {
        *("platform", "platform_call_id", "environment", "direction", "line", "agent_id", "agent_name"),
        *("agent_version", "status", "outcome", "ended_by", "ended_reason", "fault"),
    },
    CallDetail: {"sentiment", "language", "cost_currency", "latency", "stamps"},
    CallAlias: {"kind", "value"},
}
SAID = [
    {"role": "agent", "text": "May I take your name?", "atMs": 0},
    {"role": "caller", "text": "Canary Quill.", "atMs": 1000},
    {"role": "caller", "text": "My number is 07700 900123, ask for Quill", "atMs": 2000},
]
TOOLS = [
    {
        "name": "find_appointment",
        "atMs": 3000,
        "arguments": {"customer": {"name": "Canary Quill"}, "phone": "+447700900123", "day": "2026-11-24"},
        "result": '{"found": true, "slot_id": 20481733, "email": "canary@example.com"}',
        "failed": False,
        "latencyMs": 812,
    }
]


@pytest.fixture
def call(db) -> Call:
    call = make_call(
        from_number="+447700900123", to_number="+447700900124", ended_reason_raw="left by +447700900123"
    )
    CallDetail.objects.create(
        call=call,
        transcript=SAID,
        tool_calls=TOOLS,
        summary="Quill will ring from 07700 900123.",
        transfer_to="+447700900125",
        recording_url="https://rec.example.test/canary.wav",
        metadata={"callerName": "Canary Quill"},
    )
    return call


@pytest.mark.parametrize("model", PERSONAL)
def test_every_column_with_text_is_known_to_be_personal_or_not(model):
    texts = {
        field.name
        for field in model._meta.get_fields()
        if field.get_internal_type() in ("CharField", "TextField", "JSONField", "GeneratedField")
    }

    assert texts == PERSONAL[model] | NOT_PERSONAL[model]


@pytest.mark.parametrize(
    ("model", "name"), [(model, name) for model in PERSONAL for name in sorted(PERSONAL[model])]
)
def test_a_personal_column_is_masked(call, model, name):
    shown = ShownCall(Call.objects.get())
    value = getattr(shown if model is Call else shown.detail, name)

    assert not _is_clear(json.dumps(value, ensure_ascii=False))


def test_a_conversation_keeps_what_happened_and_hides_who_it_was(call):
    lines = conversation(call.detail)

    assert [line.text for line in lines] == [
        "May I take your name?",
        "[name •••].",
        "My number is ••• 23, ask for [name •••]",
        '{"found": true, "slot_id": 20481733, "email": "[email •••]"}',
    ]
    assert lines[3].arguments == (
        '{"customer": {"name": "[name •••]"}, "phone": "+44 ••• 23", "day": "2026-11-24"}'
    )
    assert sum(line.hidden for line in lines) == 6


@pytest.mark.parametrize("page", ["/calls/", "/calls/{}/", "/calls/{}/conversation/"])
def test_no_template_is_handed_a_clear_call(support_client, call, page):
    response = support_client.get(page.format(call.pk))

    assert not _is_clear(response.content.decode())
    assert not [thing for thing in _handed(response.context) if isinstance(thing, Call | CallDetail)]


def test_the_conversation_says_how_much_is_hidden(support_client, call):
    page = support_client.get(f"/calls/{call.pk}/conversation/").content.decode()

    assert "8 items hidden" in page


@pytest.mark.parametrize("detail", [True, False])
def test_json_is_masked_unless_it_is_asked_for_in_clear(call, detail):
    call = Call.objects.select_related("detail").get()

    assert not _is_clear(json.dumps(call_as_json(call, detail=detail)))
    assert _is_clear(json.dumps(call_as_json(call, detail=detail, clear=True)))


def _is_clear(text: str) -> bool:
    return any(canary in text for canary in ("90012", "anary", "Quill"))


def _handed(context: Any) -> Iterator[object]:
    for layer in (layer for one in context for layer in one.dicts):
        for value in layer.values():
            yield from value if isinstance(value, list | tuple) else [value]
