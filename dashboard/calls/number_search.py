"""Phone numbers as a person types or pastes them."""

from __future__ import annotations

import re

FEWEST_DIGITS = 4
# Shorter than a national number, a leading zero is one of the last digits and not the trunk prefix.
SHORTEST_NATIONAL = 9

_NUMBER = re.compile(r"[+\d\s().\-\u2010-\u2013/]+")
_TRUNK_ZERO = re.compile(r"\(\s*0\s*\)")


def endings(text: str) -> list[str]:
    """Return the digits that a matching number may end in, or nothing when this is no phone number."""
    if not _NUMBER.fullmatch(text):
        return []
    digits = re.sub(r"[^0-9]", "", _TRUNK_ZERO.sub("", text))
    if len(digits) < FEWEST_DIGITS:
        return []
    bare = digits.lstrip("0")
    national = len(digits) >= SHORTEST_NATIONAL and digits != bare and len(bare) >= FEWEST_DIGITS
    return [digits, bare] if national else [digits]
