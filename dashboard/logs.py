from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from django.conf import settings

from dashboard.request_ids import current_request_id
from sentry_logs.masking import mask_text

# What ends a line somewhere, or steers a terminal.
BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
SHORTEST = 8
NAMES = ("SENTRY_AUTH_TOKEN", "SECRET_KEY", "OIDC_RP_CLIENT_SECRET")


class RedactSecrets(logging.Filter):
    """Replace every configured secret by its name before a line is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = _text(record)
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        for name, secret in _secrets():
            for spelled in {secret, quote(secret, safe=""), repr(secret)[1:-1]}:
                text = text.replace(spelled, f"[{name}]")
                if record.exc_text:
                    record.exc_text = record.exc_text.replace(spelled, f"[{name}]")
        record.msg, record.args = text, ()
        return True


class HidePersonal(logging.Filter):
    """Mask what a line may say of a person: a number that could not be read, a value in an error."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask_text(_text(record)), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = mask_text(record.exc_text)
        return True


class OneLine(logging.Filter):
    """Keep each event to a line, so that nobody outside can write lines of his own.

    Control characters are written as escapes. Of a request that Django refuses it is said what is wrong
    with it, and not how Django found that out.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = BREAKS.sub(_escaped, _text(record)), ()
        is_refusal = record.name == "django.request" and record.levelno < logging.ERROR
        if is_refusal or record.name.startswith("django.security."):
            record.exc_info = record.exc_text = None
        return True


class NameRequest(logging.Filter):
    """Give every line the id of the request that it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_request_id()
        return True


def _text(record: logging.LogRecord) -> str:
    """Return the words of a line. What a filter raises, logging does not catch: it would fail a view."""
    try:
        return record.getMessage()
    except Exception:
        return f"{record.msg} {record.args}"


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def _secrets() -> Iterator[tuple[str, str]]:
    found = {name: getattr(settings, name, "") for name in NAMES} | settings.WEBHOOK_SECRETS
    found |= {f"SECRET_KEY_FALLBACKS {place}": key for place, key in enumerate(settings.SECRET_KEY_FALLBACKS)}
    found["DATABASE_URL"] = settings.DATABASES["default"].get("PASSWORD", "")
    found["CACHE_URL"] = urlsplit(str(settings.CACHES["default"].get("LOCATION", ""))).password
    return ((name, secret) for name, secret in found.items() if secret and len(secret) >= SHORTEST)
