from __future__ import annotations

import logging

import pytest
from django.conf import settings

from dashboard.logs import HidePersonal, RedactSecrets


@pytest.fixture
def lines(settings):
    settings.SENTRY_AUTH_TOKEN = "sntryi_0123456789"
    kept: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record):
            kept.append(self.format(record))

    logger, handler = logging.getLogger("a.library"), Keep()
    handler.addFilter(RedactSecrets())
    handler.addFilter(HidePersonal())
    logger.addHandler(handler)
    yield logger, kept
    logger.removeHandler(handler)


def test_a_secret_never_reaches_a_log_line(lines):
    logger, kept = lines

    logger.warning("Invalid header %r", "Bearer sntryi_0123456789\n")

    assert kept == ["Invalid header 'Bearer [SENTRY_AUTH_TOKEN]\\n'"]


def test_a_secret_never_reaches_a_traceback(lines):
    logger, kept = lines
    try:
        raise ValueError("sntryi_0123456789")
    except ValueError:
        logger.exception("It failed")

    assert "sntryi_0123456789" not in kept[0] and "ValueError" in kept[0]


def test_what_a_line_says_of_a_person_is_masked(lines):
    logger, kept = lines
    try:
        raise LookupError("no caller +447700900123")
    except LookupError:
        logger.exception("Lost %s of %s at %s", "call_9f3c1e70a1b24d55", "mara@example.com", "turn.py:1417")

    assert "900123" not in kept[0] and "mara" not in kept[0]
    assert kept[0].startswith("Lost call_9f3c1e70a1b24d55 of [email •••] at turn.py:1417\nTraceback")
    assert "LookupError: no caller +44 ••• 23" in kept[0]


def test_every_handler_hides_what_is_personal():
    for handler in settings.LOGGING["handlers"].values():
        assert {"secrets", "personal"} <= set(handler["filters"])
