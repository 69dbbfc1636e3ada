"""Runs of digits that can be a person's: phone numbers, cards, ids of people.

What engineers write with digits is told apart first, and left: ids, times, versions, addresses of machines,
lengths, sizes, lines of a file.
"""

from __future__ import annotations

import re

from sentry_logs.masking.dots import DOTS, hidden
from sentry_logs.masking.machine_digits import is_a_machines
from sentry_logs.masking.numbers import mask_number

_GAP = "[ \u00a0\u2000-\u200d\u202f\u2060.\\-\u2010-\u2015()/]"
_AFTER = r"(?![^\W_])(?![.,]\d)"

_UUID_REST = r"-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?![^\W_])"
KEPT = (
    # A UUID, an address in memory.
    rf"[0-9a-fA-F]{{8}}{_UUID_REST}|0[xX][0-9a-fA-F]++",
    # Dates with or without times, times, dates without separators.
    r"\d{4}[\-/.](?:0[1-9]|1[0-2])[\-/.](?:[0-2]\d|3[01])(?!\d)"
    r"(?:[T _]\d\d:?\d\d(?::?\d\d(?:[.,]\d{1,9})?)?)?(?:Z| ?[+\-]\d\d:?\d\d(?!\d))?",
    r"(?:[0-2]?\d|3[01])[\-/.](?:[0-2]?\d|3[01]|[A-Z][a-z]{2})[\-/.](?:19|20)\d\d(?!\d)"
    r"(?:[ :T]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?)?",
    r"\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?(?!\d)",
    r"20\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?:[T_\-]?[0-2]\d[0-5]\d[0-5]\d(?:\d{3})?)?Z?(?![\w])",
    # Seconds, milli-, micro- or nanoseconds since 1970, for the years 2001 to 2033.
    r"(?:1\d|20)\d{8}(?:\.\d{1,9}|\d{3}|\d{6}|\d{9})?(?![\w\-])(?! \d)",
    # Amounts with commas, addresses of machines, decimals, versions.
    r"\d{1,3}(?:,\d{3})++(?:\.\d+)?(?!\w)",
    r"\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\w.])",
    r"\d{1,15}\.\d{1,20}(?:\.\d{1,6})?(?![\w.])(?!-\d)",
)
CARD = r"\d{4}(?:[ \-]\d{4}){3}(?:[ \-]\d{1,3})?" + _AFTER + r"|3[47]\d\d[ \-]\d{6}[ \-]\d{5}" + _AFTER
NATIONAL = "|".join(
    (
        rf"00(?=[1-9])(?:{_GAP}{{0,3}}\d){{6,15}}",
        rf"0(?:{_GAP}{{0,2}}\d){{8,11}}{_AFTER}",
        rf"(?<!\d )(?:1[ .\-])?\(?[2-9]\d\d\)?[ .\-]{{0,2}}[2-9]\d\d[ .\-]\d{{4}}{_AFTER}",
    )
)
SIGNED = (
    rf"(?:[+＋﹢]|%2[Bb])(?:{_GAP}{{0,3}}\d){{6,15}}"
    rf"|\((?:0(?:{_GAP}{{0,2}}\d){{8,11}}|[2-9]\d\d\)[ .\-]{{0,2}}[2-9]\d\d[ .\-]\d{{4}}){_AFTER}"
)
# Digits that are a phone number only where nothing says that they are a machine's.
GROUPED = "|".join(
    (rf"(?<!\d )\d{{3}} \d{{3,4}} \d{{3,4}}(?! \d){_AFTER}", rf"[2-9]\d\d-\d{{4}}{_AFTER}(?!-)")
)
_START = r"(?:(?<![^\W_])(?<![\d_][.,])|(?<=\\[nrt]))"
PATTERN = re.compile(
    rf"(?=\d){_START}"
    rf"(?:(?P<kept>{'|'.join(KEPT)})|(?P<card>{CARD})|(?P<phone>{NATIONAL})"
    rf"|(?P<person>\d{{3}}-\d\d-\d{{4}}{_AFTER})|(?P<grouped>{GROUPED})|(?P<run>\d{{7,}}+{_AFTER}))"
    rf"|(?=[+＋﹢%(]){_START}(?:(?P<masked>\+\d{{1,3}} {DOTS}(?: \d\d)?(?!\d))|(?P<signed>{SIGNED}))"
    rf"|(?P<dots>(?:{DOTS})++(?: \d\d)?(?!\d))"
    rf"|(?<![^\W_])(?P<uuid>[a-fA-F][0-9a-fA-F]{{7}}{_UUID_REST})"
)
LEFT = frozenset(("kept", "masked", "dots", "uuid"))
LETTERED = re.compile(
    r"(?<!\w)(?:[A-CEGHJ-PR-TW-Z]{2} ?\d\d ?\d\d ?\d\d ?[A-D]"
    r"|[A-Z]{2}\d\d(?: [A-Z0-9]{4}){3,7}(?: [A-Z0-9]{1,4})?|[A-Z]{2}\d{14,30})(?!\w)"
)
_SPOKEN = "(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine)"
SPOKEN = re.compile(
    rf"(?<!\w)(?i:(?:double |triple )?{_SPOKEN}"
    rf"(?:[ ,.\-]{{1,3}}(?:(?:double|triple|hundred|thousand) )?{_SPOKEN}(?!\w)){{4,40}}+)"
)
PLUS = re.compile("[＋﹢]|%2[Bb]")
CARD_LENGTHS = range(13, 20)


def mask_digits(text: str) -> str:
    """Hide phone numbers, card numbers and other long runs of digits, also where they are spoken."""
    return PATTERN.sub(_masked, LETTERED.sub(hidden("number"), SPOKEN.sub(hidden("number"), text)))


def _masked(found: re.Match[str]) -> str:
    kind, text = found.lastgroup, found[0]
    if kind in LEFT or (kind in ("grouped", "run") and is_a_machines(found)):
        return text
    if kind == "card" or (kind == "run" and _is_card(text)):
        return hidden("card")
    return mask_number(PLUS.sub("+", text))


def _is_card(digits: str) -> bool:
    """Whether the check digit fits; Sentry's own ids can be as long."""
    if len(digits) not in CARD_LENGTHS or not digits.isascii() or digits[0] not in "23456":
        return False
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0
