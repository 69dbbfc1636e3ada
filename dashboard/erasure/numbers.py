"""One phone number, however it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sentry_logs.masking.numbers import country_length

FEWEST_DIGITS = 7
ERASED = "[erased]"
_SEPARATOR = "[ .\\-()/\u00a0\u2011]{0,3}"


class NotANumber(ValueError):
    """The text has too few digits to name one person."""


@dataclass(frozen=True, slots=True)
class Number:
    """The digits after the country and any leading nought; `country` is "" where it was not given."""

    country: str
    national: str

    @classmethod
    def read(cls, text: str) -> Number:
        """Read a number as it was typed. Raises NotANumber."""
        digits = re.sub(r"\D", "", text, flags=re.ASCII)
        if re.search(r"[A-Za-z]", text) or len(digits) < FEWEST_DIGITS:
            raise NotANumber(f"A phone number has at least {FEWEST_DIGITS} digits.")
        if not text.strip(" (").startswith(("+", "00")):
            return cls("", digits.lstrip("0"))
        digits = digits if text.strip(" (").startswith("+") else digits[2:]
        length = country_length(digits)
        return cls(digits[:length], digits[length:].lstrip("0"))

    @property
    def last4(self) -> str:
        return self.national[-4:]

    @property
    def pattern(self) -> re.Pattern[str]:
        """Match it in a text: with its country or a nought before it or neither, with separators or none."""
        national = _spaced(self.national)
        country = _spaced(self.country) if self.country else _SEPARATOR.join([r"\d?"] * 3)
        begun = (
            rf"(?:\+|00)?{country}{_SEPARATOR}(?:\(?0\)?{_SEPARATOR})?{national}|\(?0{_SEPARATOR}{national}"
        )
        # Without either, the digits before it may be another country's.
        bare = rf"(?<!\d[ .\-()/])(?<!\d[ .\-()/]{{2}})\(?{national}"
        return re.compile(rf"(?<!\d)(?:\(?\+?(?:{begun})|{bare})(?!\d)", re.ASCII)


def _spaced(digits: str) -> str:
    return _SEPARATOR.join(digits)


def without(value: object, pattern: re.Pattern[str]) -> object:
    """Return JSON with every text cleaned of the number."""
    if isinstance(value, str):
        return pattern.sub(ERASED, value)
    if isinstance(value, dict):
        return {pattern.sub(ERASED, str(key)): without(item, pattern) for key, item in value.items()}
    if isinstance(value, list):
        return [without(item, pattern) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and pattern.fullmatch(str(value)):
        return ERASED
    return value
