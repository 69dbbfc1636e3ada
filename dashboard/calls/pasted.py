"""The ids and numbers in what a person types or pastes: an id alone, a URL, a line of a log."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote
from uuid import UUID

from dashboard.calls.number_search import SHORTEST_NATIONAL, ending, endings_within

LONGEST_ID = 200
LONGEST_PASTED = 2_000
SHORTEST_PREFIX = 4
SHORTEST_TOKEN = 4
LONG_TOKEN = 16
MOST_IDS = 12
MOST_SENTRY_IDS = 2
QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "`": "`", "<": ">"}

_HEX = "[0-9a-fA-F]"
_UUID = re.compile(
    rf"(?<![0-9A-Za-z_])(?:{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}|{_HEX}{{32}})(?![0-9A-Za-z_])"
)
_SID = re.compile(rf"(?<![0-9A-Za-z])([A-Z]{{2}})({_HEX}{{32}})(?!{_HEX})", re.IGNORECASE)
_NAMED = re.compile(r"(?<![0-9A-Za-z])(?:(?:call|conv|chat|session)_|(?:RM|SCL|AJ|PA|EG)_)[0-9A-Za-z_-]+")
_WIDE = re.compile(r"[^\s\"'“”‘’`<>(){}\[\]|,;&?=/]+")
_NARROW = re.compile(r"[0-9A-Za-z_-]+")
_HEXLIKE = re.compile(rf"{_HEX}[0-9a-fA-F-]*")
_DIGIT = re.compile(r"[0-9]")
_HALF = re.compile("[\ud800-\udfff]")
_CUT_OFF = re.compile(r"(?:\u2026|\.{3})$")


@dataclass(frozen=True, slots=True)
class Pasted:
    """What to look for. All parts are bounded, whatever the text was."""

    ids: tuple[str, ...] = ()
    """Whole ids, spelled as platforms may have stored them."""
    keys: tuple[UUID, ...] = ()
    """Our own ids, as in the addresses of our pages."""
    start: str = ""
    """What an id may begin with."""
    numbers: tuple[str, ...] = ()
    """The last digits of phone numbers."""
    sentry_ids: tuple[str, ...] = ()
    """32 hexadecimal digits each: what could be an event's or a trace's id."""


def read(text: str) -> Pasted:
    """Read a pasted text; too much of it, or none, is nothing to look for."""
    visible = "".join(sign for sign in text if unicodedata.category(sign) not in ("Cf", "Cs"))
    whole = _unquoted(visible.strip())
    if not text.strip() or "\x00" in text or len(text) > LONGEST_PASTED:
        return Pasted()
    shapes = _shapes(whole)
    number = ending(whole)
    within = [] if number else [*shapes.ids, *_tokens(whole)]
    ids = _first([text, text.strip(), _unquoted(text.strip()), whole, *within], MOST_IDS)
    return Pasted(
        ids=tuple(dict.fromkeys(spelling for name in ids for spelling in _spellings(name))),
        keys=tuple(shapes.keys),
        start="" if whole in shapes.written or len(number) >= SHORTEST_NATIONAL else _start(whole),
        numbers=(number,) if number else tuple(endings_within(_decoded(whole))),
        sentry_ids=tuple(key.hex for key in shapes.keys[:MOST_SENTRY_IDS]),
    )


def starts(start: str) -> tuple[str, ...]:
    """Return the spellings of the start of an id; the case of hexadecimal digits is no part of it."""
    hexlike = _HEXLIKE.fullmatch(start) and start != start.lower()
    return (start, start.lower()) if hexlike else (start,)


def _start(whole: str) -> str:
    """Return the text if it is one piece, as a shortened id is: with or without dots after it."""
    alone = _CUT_OFF.sub("", whole)
    is_one_piece = len(alone.split()) == 1 and "://" not in alone
    return alone if is_one_piece and SHORTEST_PREFIX <= len(alone) <= LONGEST_ID else ""


@dataclass(frozen=True, slots=True)
class _Shapes:
    """Ids that are known by their look; `written` as in the text."""

    ids: list[str]
    keys: list[UUID]
    written: set[str]


def _shapes(text: str) -> _Shapes:
    # An id that was broken by blanks or the end of a line has its look again without them.
    places = [_decoded(text), re.sub(r"\s", "", text)]
    uuids = list(dict.fromkeys(match[0] for place in places for match in _UUID.finditer(place)))
    sids = [match[0] for place in places for match in _SID.finditer(place)]
    named = [match[0] for match in _NAMED.finditer(places[0])]
    keys = list(dict.fromkeys(UUID(name) for name in uuids))[:MOST_IDS]
    return _Shapes([*sids, *named, *uuids], keys, {*sids, *uuids})


def _tokens(text: str) -> list[str]:
    """Cut a text into what could be ids: the longer ones with digits first."""
    found: dict[str, None] = {}
    for place in (text, _decoded(text)):
        for match in _WIDE.finditer(place):
            wide = match[0].strip(".:")
            # "key:value" and "id." are a key and the end of a sentence; "a:b" may still be an id.
            found |= dict.fromkeys([wide, wide.rpartition(":")[2], *_NARROW.findall(wide)])
    tokens = [name for name in found if len(name) >= SHORTEST_TOKEN and _DIGIT.search(name)]
    return sorted(tokens, key=lambda name: (len(name) < LONG_TOKEN, -len(name)))


def _spellings(name: str) -> Iterator[str]:
    """Yield an id as it was typed, and as others write the same one where case and dashes do not matter."""
    yield name
    if _UUID.fullmatch(name):
        plain = UUID(name)
        yield from (str(plain), plain.hex, str(plain).upper(), plain.hex.upper())
    elif sid := _SID.fullmatch(name):
        yield sid[1].upper() + sid[2].lower()


def _first(names: Iterable[str], most: int) -> list[str]:
    # Half characters are no text that a database could be asked for.
    fitting = (name for name in names if 0 < len(name) <= LONGEST_ID and not _HALF.search(name))
    return list(dict.fromkeys(fitting))[:most]


def _decoded(text: str) -> str:
    """Undo the escapes of a URL; what is none stays as it is."""
    return unquote(text) if "%" in text else text


def _unquoted(text: str) -> str:
    """Drop one pair of quotes around a pasted text."""
    if len(text) > 2 and QUOTES.get(text[0]) == text[-1]:
        return text[1:-1].strip()
    return text
