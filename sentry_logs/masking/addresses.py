"""Where people live: a street with its number, a postcode."""

from __future__ import annotations

import re

from sentry_logs.masking.dots import hidden
from sentry_logs.masking.words import TECHNICAL

_STREETS = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Way|Close|Court|Ct|Place|Square|Sq|Terrace|Crescent"
    "|Boulevard|Blvd|Gardens|Grove|Mews|Parade|Highway|Hwy"
)
STREET = re.compile(
    rf"(?<![\w.:/\-])\d{{1,5}}[A-Za-z]?,? (?:(?:[A-Z][\w'’.\-]{{0,30}} ){{1,3}}(?:{_STREETS})"
    r"|(?:[a-z']{2,20} ){1,2}(?:street|road|avenue|boulevard|crescent))(?!\w)"
)
GERMAN = re.compile(
    r"(?<!\w)[A-ZÄÖÜ][\wäöüß\-]{1,30}(?:straße|strasse|str\.|gasse|allee|platz|weg) \d{1,4}[a-z]?(?!\w)"
)
# What Sentry has cut off may be the end of a street.
CUT = re.compile(
    r"(?<![\w.:/\-])\d{1,5}[A-Za-z]?,? "
    r"(?P<words>[A-Z][\w'’\-]{0,30}(?: [A-Z][\w'’\-]{0,30}){0,3})(?=\.\.\.|…)"
)
POSTCODE = re.compile(r"(?<!\w)[A-Z]{1,2}\d[A-Z\d]? (?!\dGB)\d[ABD-HJLNP-UW-Z]{2}(?!\w)")
ZIP = re.compile(r"(?<=, )[A-Z]{2} \d{5}(?:-\d{4})?(?!\w)")


def mask_addresses(text: str) -> str:
    for pattern in (STREET, GERMAN):
        text = pattern.sub(hidden("address"), text)
    if "..." in text or "…" in text:
        text = CUT.sub(lambda cut: cut[0] if TECHNICAL.search(cut["words"]) else hidden("address"), text)
    for pattern in (POSTCODE, ZIP):
        text = pattern.sub(hidden("postcode"), text)
    return text
