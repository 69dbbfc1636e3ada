"""Mail addresses, written, encoded for a URL, or spoken."""

from __future__ import annotations

import re

from sentry_logs.masking.dots import hidden

_IN_NAME = r"[\w.+'\-]"
# Not in the middle of an escape such as %41, or a row of them would be read again from each on.
_BEGINS = rf"(?<!{_IN_NAME})(?:(?<!%)|(?![0-9A-Fa-f]{{2}})|(?=40))"
WRITTEN = re.compile(
    rf"{_BEGINS}(?:{_IN_NAME}|%(?!40)[0-9A-Fa-f]{{2}})++(?:@|%40)"
    r"(?:[^\W_](?:[\w\-]{0,62}[^\W_])?\.){1,8}[^\W\d_]{2,24}(?![\w\-])"
)
SPOKEN = re.compile(
    r"(?i)(?<![\w.])(?:\w{1,40} (?:dot|underscore|dash|hyphen) ){0,4}[\w.]{1,40} at [\w\-]{1,40}"
    r"(?: dot \w{1,24}){1,4}(?!\w)"
)


CUT = re.compile(rf"(?<!{_IN_NAME}){_IN_NAME}++@[\w.\-]{{0,80}}?(?=\.\.\.|…)")


def mask_emails(text: str) -> str:
    if "@" in text or "%40" in text:
        text = CUT.sub(hidden("email"), WRITTEN.sub(hidden("email"), text))
    if " dot " in text.lower():
        text = SPOKEN.sub(hidden("email"), text)
    return text
