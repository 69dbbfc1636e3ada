"""What addresses of the web carry: the values of a query, and who signs in."""

from __future__ import annotations

import re

from sentry_logs.masking.dots import DOTS

# Sentry gives queries decoded: a value may have blanks, before a name or a number.
QUERY = re.compile(
    r"(?<=[\w/])\?(?=[\w.\[\]%\-]{1,60}=)[^\s\"'<>)]++(?: (?=[A-Z+\d])(?!HTTP/)[^\s\"'<>)]++)*+"
)
VALUE = re.compile(r"(?<==)[^&#;]++")
# What tells requests apart, and no persons: an id with letters and digits, a small number, a yes or no.
PLAIN = re.compile(
    r"(?=[^&#]{0,80}\d)[A-Za-z]{0,12}[_\-]?[0-9a-fA-F\-]{8,64}|[0-9]{1,4}|true|false|asc|desc|json|csv",
    re.ASCII,
)
ALL_DIGITS = re.compile(r"[\d\-]+")
SIGN_IN = re.compile(r"(?<=://)[^\s/@\"'<>]{1,200}+@")


def mask_queries(text: str) -> str:
    """Hide the values in queries of URLs and paths, and the user and password before a host."""
    if "://" in text:
        text = SIGN_IN.sub(f"{DOTS}@", text)
    return QUERY.sub(lambda query: VALUE.sub(_value, query[0]), text) if "=" in text else text


def _value(value: re.Match[str]) -> str:
    is_plain = PLAIN.fullmatch(value[0]) and (len(value[0]) < 5 or not ALL_DIGITS.fullmatch(value[0]))
    return value[0] if is_plain else DOTS
