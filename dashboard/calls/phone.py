"""Phone numbers of callers as everybody sees them: the country and the last two digits."""

from __future__ import annotations

import re

from sentry_logs.masking import mask_number

HIDDEN, NO_DIGITS = "Number hidden", "SIP address"
NO_NUMBER = frozenset({HIDDEN, NO_DIGITS})
LONGEST = 15  # digits, by E.164
# Carriers send these words, typed on a phone's keys, for callers who hide their number.
HIDDEN_CALLERS = frozenset({"266696687", "7378742833", "2562533", "8656696", "86282452253"})

WRITTEN = re.compile(r"(?:tel:)?(\+|00)?([0-9][0-9 ().\-]*)", re.IGNORECASE)
ADDRESS = re.compile(r"<?sips?:([^@;>]*)(?:[@;>].*)?", re.IGNORECASE | re.DOTALL)


def mask(number: str) -> str:
    """Return +44 ••• 17 for a number, also one in a SIP address; words for what is none."""
    address = ADDRESS.fullmatch(number.strip())
    written = WRITTEN.fullmatch(
        (address[1] if address else number).replace("\N{NO-BREAK SPACE}", " ").strip()
    )
    if not written:
        return NO_DIGITS if address else HIDDEN
    digits = re.sub(r"[^0-9]", "", written[2].replace("(0)", "") if written[1] else written[2])
    if not digits or len(digits) > LONGEST or digits in HIDDEN_CALLERS:
        return HIDDEN
    return mask_number(f"+{digits}" if written[1] else digits)
