"""The mask for text of unknown shape: what a person said, a title of Sentry's, a line of a log."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sentry_logs.masking.addresses import mask_addresses
from sentry_logs.masking.digits import mask_digits
from sentry_logs.masking.dots import hidden
from sentry_logs.masking.emails import mask_emails
from sentry_logs.masking.fields import mask_fields
from sentry_logs.masking.names import mask_names
from sentry_logs.masking.urls import mask_queries

# A shorter word would be hidden within too many others.
SHORTEST_NAME = 2
MASKS = (mask_queries, mask_emails, mask_fields, mask_addresses, mask_names, mask_digits)
# What is glued together is not all seen at once: a number right behind another one has no beginning before.
MOST_PASSES = 5


def mask_text(text: str, names: Iterable[str] = ()) -> str:
    """Hide numbers, names, mail addresses, addresses and long runs of digits; `names` are known ones."""
    text = mask_known(text, names)
    for _ in range(MOST_PASSES):
        before = text
        for mask in MASKS:
            text = mask(text)
        if text == before:
            break
    return text


def mask_known(text: str, names: Iterable[str]) -> str:
    """Hide these names, whole and each word of them, whatever their case."""
    words = {word for name in names for word in (name.strip(), *name.split()) if len(word) > SHORTEST_NAME}
    if not words:
        return text
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.sub(rf"(?i)(?<!\w)(?:{either})(?!\w)", hidden("name"), text)
