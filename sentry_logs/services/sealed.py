"""Cursors as we hand them out: signed, and good for the one question that they were an answer to."""

from __future__ import annotations

from typing import Any

from django.core import signing

from sentry_logs.unavailable import QuestionRefused


def seal(content: object, question: str) -> str:
    return signing.dumps(content, salt=f"cursor:{question}", compress=True)


def unseal(cursor: str, question: str) -> Any:
    try:
        return signing.loads(cursor, salt=f"cursor:{question}")
    except (signing.BadSignature, ValueError):
        raise QuestionRefused(
            "The cursor is not one that this question was answered with.", "cursor"
        ) from None
