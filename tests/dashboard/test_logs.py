from __future__ import annotations

import logging

import pytest

from dashboard.logs import RedactSecrets


@pytest.fixture
def lines(settings):
    settings.SENTRY_AUTH_TOKEN = "sntryi_0123456789"
    kept: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record):
            kept.append(self.format(record))

    logger, handler = logging.getLogger("a.library"), Keep()
    handler.addFilter(RedactSecrets())
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
