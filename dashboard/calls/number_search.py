"""Phone numbers as a person types or pastes them."""

from __future__ import annotations

import re

FEWEST_DIGITS = 4
LONGEST_NUMBER = 15  # digits, by E.164
LONGEST_WRITTEN = 60
# Shorter than a national number, a leading zero is one of the last digits and not the trunk prefix.
SHORTEST_NATIONAL = 9
MOST_NUMBERS = 3

_NUMBER = re.compile(r"[+\d\s().\-\u2010-\u2013/]+")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")
_SCHEME = re.compile(r"<?(?:tel|sips?):([^@;>]*)(?:[@;>].*)?", re.IGNORECASE | re.DOTALL)
# As we show numbers ourselves: +44 20 ••• 4417.
_MASKED = re.compile(r"[+\d\s().\-]*[\u2022\u2026*]+[\s\-]*(\d{4,})")
_WITHIN = re.compile(r"(?<![\w.:\-])\+?\(?\d[\d \u00a0().\-\u2010-\u2013]{7,24}\d(?![\w\-])")


def ending(text: str) -> str:
    """Return the digits that a matching number must end in, or "" when this is no phone number."""
    if len(text) > LONGEST_WRITTEN:
        return ""
    address = _SCHEME.fullmatch(text)
    written = address[1] if address else text
    masked = _MASKED.fullmatch(written)
    if masked:
        return masked[1]
    if not _NUMBER.fullmatch(written):
        return ""
    digits = re.sub(r"[^0-9]", "", _TRUNK_ZERO.sub("", written))
    bare = digits.lstrip("0")
    if len(digits) >= SHORTEST_NATIONAL and len(bare) >= FEWEST_DIGITS:
        return bare
    return digits if len(digits) >= FEWEST_DIGITS else ""


def endings_within(text: str) -> list[str]:
    """Return what `ending` does, for each whole phone number in a longer text; for a few of them."""
    pieces = [piece for match in _WITHIN.finditer(text) for piece in (match[0], *match[0].split())]
    # Dates and times look like numbers too, but have no plus.
    pieces.sort(key=lambda piece: not piece.startswith("+"))
    whole = [digits for piece in pieces if len(digits := ending(piece)) >= SHORTEST_NATIONAL]
    return list(dict.fromkeys(digits for digits in whole if len(digits) <= LONGEST_NUMBER))[:MOST_NUMBERS]
