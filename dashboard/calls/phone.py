"""Phone numbers of callers, with the middle hidden."""

from __future__ import annotations

import re

HIDDEN = "Number hidden"
DOTS = "•••"
TAIL = 4
# Fewer hidden digits than this and the rest of the number could be guessed.
LEAST_HIDDEN = 2

LONGEST = 15  # digits, by E.164
TWO_DIGIT_COUNTRY = re.compile(r"2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")
# Carriers send these words, typed on a phone's keys, for callers who hide their number.
HIDDEN_CALLERS = frozenset({"266696687", "7378742833", "2562533", "8656696", "86282452253"})

WRITTEN = re.compile(r"(?:tel:)?(\+|00)?([0-9][0-9 ().\-]*)", re.IGNORECASE)
ADDRESS = re.compile(r"<?sips?:([^@;>]*)(?:[@;>].*)?", re.IGNORECASE | re.DOTALL)


def mask(number: str) -> str:
    """Return a number with at most its country, area and last four digits: +44 20 ••• 4417."""
    address = ADDRESS.fullmatch(number.strip())
    written = WRITTEN.fullmatch(
        (address[1] if address else number).replace("\N{NO-BREAK SPACE}", " ").strip()
    )
    if not written:
        return "SIP address" if address else HIDDEN
    digits = re.sub(r"[^0-9]", "", written[2].replace("(0)", "") if written[1] else written[2])
    if not digits or len(digits) > LONGEST or digits in HIDDEN_CALLERS:
        return HIDDEN
    return _international(digits) if written[1] else _hide_middle(digits)


def _international(digits: str) -> str:
    country = digits[: _country_length(digits)]
    rest = digits[len(country) :]
    area = rest[: _area_length(country, rest)]
    if not area or len(rest) - len(area) - TAIL < LEAST_HIDDEN:
        return f"+{country} {_hide_middle(rest)}"
    return f"+{country} {area} {DOTS} {rest[-TAIL:]}"


def _hide_middle(digits: str) -> str:
    """Hide at least half of a number whose parts we do not know, so that a short one is not shown whole."""
    shown = min(TAIL, len(digits) // 2)
    return f"{DOTS} {digits[-shown:]}" if shown else DOTS


def _country_length(digits: str) -> int:
    if digits[0] in "17":
        return 1
    return 2 if TWO_DIGIT_COUNTRY.match(digits) else 3


def _area_length(country: str, rest: str) -> int:
    """Return how many digits name the area; 0 where we do not know the country's plan."""
    if country == "1":
        return 3
    if country != "44":
        return 0
    if rest[:1] == "2":
        return 2
    if rest[:1] in ("3", "8", "9") or rest[:2] == "11" or (rest[:1] == "1" and rest[2:3] == "1"):
        return 3
    return 4
