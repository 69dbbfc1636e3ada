"""Phone numbers: the country and the last two digits are shown, and never more than half."""

from __future__ import annotations

import re

from sentry_logs.masking.dots import DOTS

TAIL = 2
# Fewer hidden digits than this, and the number could be tried out.
LEAST_HIDDEN = 4
LONGEST = 15  # digits, by E.164
TWO_DIGIT_COUNTRY = re.compile(r"2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")


def mask_number(number: str) -> str:
    """Return +44 ••• 17 for a number with its country, ••• 17 for one without, ••• for a short one."""
    digits = re.sub(r"[^0-9]", "", number)
    international = number.lstrip(" (").startswith(("+", "00"))
    if not international:
        return _tail(digits)
    digits = digits.removeprefix("00") if not number.lstrip(" (").startswith("+") else digits
    country = digits[: country_length(digits)]
    return f"+{country} {_tail(digits[len(country) :])}" if country else DOTS


def country_length(digits: str) -> int:
    """Return how many of an international number's digits name the country."""
    if digits[:1] in ("1", "7"):
        return 1
    return 2 if TWO_DIGIT_COUNTRY.match(digits) else 3


def _tail(digits: str) -> str:
    return f"{DOTS} {digits[-TAIL:]}" if len(digits) >= TAIL + LEAST_HIDDEN else DOTS
