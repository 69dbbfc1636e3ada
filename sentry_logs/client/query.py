from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from sentry_logs.client.search_text import MAX_SEARCH, checked_search
from sentry_logs.client.values import RefusedValue, check_characters, checked_value, one_line, quoted

LEVELS = ("fatal", "error", "warning", "info", "debug")
_SEVERITIES = {**{level: (level,) for level in LEVELS}, "warning": ("warn",), "debug": ("debug", "trace")}
_TAG = re.compile(r"[A-Za-z0-9_.-]{1,200}")
_PLAIN_ID = re.compile(r"[A-Za-z0-9_.:@=+/-]+")
_HEX_ID = re.compile(r"[0-9a-f]{32}")
_EVENT_TYPE = re.compile(r"[a-z][a-z_]{0,31}")


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """Conditions in Sentry's search syntax, all of which must hold. Every method gives a new query.

    `tag` is the tag that carries the correlation id. Whatever does not fit into one condition without
    changing its meaning, or that of the others, is a RefusedValue, whose `reason` is for a person.

    >>> str(SearchQuery().correlation_id("call-7").levels(["error", "fatal"]))
    'tags[correlation_id]:"call-7" level:[error,fatal]'

    Source: https://docs.sentry.io/concepts/search/ and Sentry 23.7.1, api/event_search.py.
    """

    tag: str = "correlation_id"
    conditions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _TAG.fullmatch(self.tag):
            raise RefusedValue("The name of the tag may have letters, digits, '_', '.' and '-' only.")

    def __str__(self) -> str:
        return " ".join(self.conditions)

    def correlation_id(self, value: str) -> Self:
        """Events of one id, exactly: case matters and nothing in the id is a wildcard."""
        return self._and(self._equals(checked_value(value, "The correlation id")))

    def correlation_ids(self, values: Iterable[str]) -> Self:
        """Events of any of these ids; no id at all is refused.

        Plain ids share one list. Others stand alone, because asterisks in lists mean different things to
        different versions of Sentry.
        """
        ids = [checked_value(value, "A correlation id") for value in dict.fromkeys(values)]
        if not ids:
            raise RefusedValue("No correlation id was given.")
        plain = [value for value in ids if _PLAIN_ID.fullmatch(value)]
        terms = [self._equals(value) for value in ids if not _PLAIN_ID.fullmatch(value)]
        if plain:
            terms.insert(0, f"tags[{self.tag}]:[{','.join(quoted(value) for value in plain)}]")
        return self._and(terms[0] if len(terms) == 1 else f"({' OR '.join(terms)})")

    def tagged(self) -> Self:
        """Events that carry a correlation id."""
        return self._and(f'!tags[{self.tag}]:""')

    def untagged(self) -> Self:
        """Events without a correlation id."""
        return self._and(f'tags[{self.tag}]:""')

    def levels(self, levels: Iterable[str]) -> Self:
        """Events of any of these levels: fatal, error, warning, info, debug."""
        chosen = tuple(dict.fromkeys(levels))
        if not chosen:
            raise RefusedValue("No level was given.")
        for level in chosen:
            if level not in LEVELS:
                raise RefusedValue(f"The level must be one of {', '.join(LEVELS)}.")
        return self._and(f"level:[{','.join(chosen)}]")

    def severities(self, levels: Iterable[str]) -> Self:
        """Log lines of any of these levels, in the words of structured logs: `warn`, and `trace` as debug."""
        chosen = dict.fromkeys(levels)
        if not chosen or not chosen.keys() <= _SEVERITIES.keys():
            raise RefusedValue(f"The level must be one of {', '.join(LEVELS)}.")
        words = [word for level in chosen for word in _SEVERITIES[level]]
        return self._and(f"severity:[{','.join(words)}]")

    def environment(self, name: str) -> Self:
        """Events of one environment. Unlike the `environment` parameter, an unknown one is no 404."""
        return self._and(f"environment:{quoted(checked_value(name, 'The environment'))}")

    def event_type(self, kind: str) -> Self:
        """Events of one type: error, default, csp and so on."""
        if not _EVENT_TYPE.fullmatch(kind):
            raise RefusedValue("The event type must be one small word, such as error or default.")
        return self._and(f"event.type:{kind}")

    def event_id(self, hexadecimal: str) -> Self:
        """The event with this id: 32 hexadecimal digits, dashes allowed."""
        return self._and(f"id:{self.hexadecimal(hexadecimal)}")

    def trace(self, hexadecimal: str) -> Self:
        """What belongs to the trace with this id: 32 hexadecimal digits, dashes allowed."""
        return self._and(f"trace:{self.hexadecimal(hexadecimal)}")

    def issue(self, number: str) -> Self:
        """Events of the issue with this number."""
        if not re.fullmatch(r"[1-9][0-9]{0,18}", number):
            raise RefusedValue("An issue of Sentry has a number.")
        return self._and(f"issue.id:{number}")

    def search(self, text: str) -> Self:
        """A person's text in Sentry's search syntax, kept apart in parentheses; blank text adds nothing."""
        checked = checked_search(text)
        return self._and(f"({checked})") if checked else self

    def text(self, words: str) -> Self:
        """Events whose search text contains these words literally, in any case; blank words add nothing."""
        line = one_line(words)
        if not line:
            return self
        if len(line) > MAX_SEARCH:
            raise RefusedValue(f"The text is longer than {MAX_SEARCH} characters.")
        check_characters(line, "The text")
        if "\\" in line:
            raise RefusedValue("The text contains a backslash, which Sentry cannot search for.")
        return self._and(quoted(line))

    @staticmethod
    def hexadecimal(text: str) -> str:
        """An event's or trace's id as Sentry stores it: 32 small hexadecimal digits."""
        bare = text.replace("-", "").lower()
        if not _HEX_ID.fullmatch(bare):
            raise RefusedValue("An event or trace id has 32 hexadecimal digits.")
        return bare

    def _equals(self, value: str) -> str:
        return f"tags[{self.tag}]:{quoted(value)}"

    def _and(self, condition: str) -> Self:
        return replace(self, conditions=(*self.conditions, condition))
