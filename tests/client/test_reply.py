from __future__ import annotations

import pytest

from sentry_logs.client import SentryProtocolError
from sentry_logs.client.reply import Reply


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Log in</body></html>",
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b"1" * 5000,
        b"[" * 100_000,
        b"[" * 65 + b"]" * 65,
        b'"\xff"',
        b"{} {}",
    ],
)
def test_what_is_not_honest_json_is_refused(body):
    with pytest.raises(SentryProtocolError) as caught:
        Reply(200, {}, body).json()

    assert caught.value.status == 200


def test_json_of_reasonable_depth_is_read():
    assert Reply(200, {}, b'{"a":' * 63 + b"1.5" + b"}" * 63).json()["a"]


def test_half_characters_become_question_marks():
    assert Reply(200, {}, rb'["\ud800x", "\ud83d\udcde"]').json() == ["?x", "📞"]
