from __future__ import annotations

import pytest

from dashboard.calls.models import Call
from dashboard.calls.seeded_conversations import save_conversations
from dashboard.calls.verdict import decide
from dashboard.calls.vocabulary import Outcome
from sentry_logs.answers import ErrorMark
from tests.factories import make_call

pytestmark = pytest.mark.django_db


def test_answered_calls_get_a_conversation_once():
    for outcome in (Outcome.COMPLETED, Outcome.TRANSFERRED, Outcome.NO_ANSWER):
        make_call(outcome=outcome)
    make_call(running=True)

    assert save_conversations() == 2
    assert save_conversations() == 0


def test_some_calls_look_complete_and_are_not():
    for _number in range(80):
        make_call()
    save_conversations()

    verdicts = [
        decide(call, call.detail, ErrorMark("clean")) for call in Call.objects.select_related("detail")
    ]

    assert 0 < sum(verdict.silent for verdict in verdicts) < 40
    said = {sign.text for verdict in verdicts for sign in verdict.because}
    assert "The tool “book_appointment” failed." in said
    assert any("did not answer" in text for text in said)


def test_the_page_hides_who_called(support_client):
    call = make_call()
    save_conversations()
    page = support_client.get(f"/calls/{call.pk}/conversation/").content.decode()
    assert "020 7946" not in page and "my number is" in page
    assert "book_appointment" in page
