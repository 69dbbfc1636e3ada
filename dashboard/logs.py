from __future__ import annotations

import logging

from django.conf import settings


class RedactSecrets(logging.Filter):
    """Replace every configured secret by its name before a line is written."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        for name in ("SENTRY_AUTH_TOKEN", "SECRET_KEY"):
            secret = str(getattr(settings, name, ""))
            if len(secret) < 8:
                continue
            text = text.replace(secret, f"[{name}]")
            if record.exc_text:
                record.exc_text = record.exc_text.replace(secret, f"[{name}]")
        record.msg, record.args = text, ()
        return True
