from __future__ import annotations

import unicodedata

_REFUSED = {
    "Cc": "control characters such as line breaks",
    "Cs": "half characters that are not valid text",
    "Co": "private-use characters",
}
MAX_VALUE = 200  # the longest tag value that Sentry keeps


class RefusedValue(ValueError):
    """A value that cannot be asked for without changing the question. `reason` says why, in plain words."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def checked_value(value: str, what: str) -> str:
    """A value as it is, or RefusedValue. `what` begins the reason: "The correlation id".

    An empty value would mean "events without this tag" to Sentry. A backslash cannot be written in its
    syntax: before the closing quote it would take the quote's meaning away.
    Source: Sentry 23.7.1, api/event_search.py.
    """
    if not value.strip():
        raise RefusedValue(f"{what} is empty.")
    if len(value) > MAX_VALUE:
        raise RefusedValue(f"{what} is longer than {MAX_VALUE} characters.")
    check_characters(value, what)
    if "\\" in value:
        raise RefusedValue(f"{what} contains a backslash, which Sentry cannot search for.")
    if value != value.strip():
        raise RefusedValue(f"{what} begins or ends with a blank.")
    return value


def check_characters(text: str, what: str) -> None:
    """Raise RefusedValue for control, private-use and half characters."""
    for character in text:
        kind = _REFUSED.get(unicodedata.category(character))
        if kind:
            raise RefusedValue(f"{what} contains {kind}.")


def quoted(value: str) -> str:
    """A checked value in Sentry's quotes. An asterisk is a wildcard even there, so it is escaped."""
    return '"' + value.replace('"', '\\"').replace("*", "\\*") + '"'


def one_line(text: str) -> str:
    """Text with tabs and line breaks as blanks, stripped."""
    return text.translate({9: " ", 10: " ", 13: " "}).strip()
