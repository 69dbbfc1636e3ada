"""A phone number that is searched for stays out of every address, and so out of logs, histories and links.

The address has a token instead, which only the session that made it can read.
"""

from __future__ import annotations

import secrets
from typing import Protocol

from dashboard.calls.pasted import read

KEY = "searched_numbers"
PREFIX = "number:"
MOST = 20
# Fewer digits are the end of a number: they name nobody, and may as well be the start of an id.
FEWEST_DIGITS = 7


class Session(Protocol):
    def get(self, key: str, default: dict[str, str]) -> dict[str, str]: ...

    def __setitem__(self, key: str, value: dict[str, str]) -> None: ...


def names_a_number(text: str) -> bool:
    """Tell whether a search would look for a whole phone number."""
    return any(len(number) >= FEWEST_DIGITS for number in read(text).numbers)


def remember(session: Session, text: str) -> str:
    """Keep the text and return its token, the same one for the same text."""
    known = session.get(KEY, {})
    token = next((token for token, kept in known.items() if kept == text), "")
    if token:
        return token
    token = PREFIX + secrets.token_hex(8)
    session[KEY] = dict([*known.items(), (token, text)][-MOST:])
    return token


def recall(session: Session, token: str) -> str | None:
    """Return the text of a token; None for one of another session, or one that was long ago."""
    return session.get(KEY, {}).get(token)
