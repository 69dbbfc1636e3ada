from __future__ import annotations

import html
from typing import SupportsIndex


class Masked(str):
    """A text that is its masked form, however it is shown, joined, compared, stored or sent.

    It remembers the clear text for `sentry_logs.masking.clear`, which only the room that records every look
    may import. A copy, a pickle or anything made from it has the masked form only.
    """

    __slots__ = ("_clear",)
    _clear: str

    def __new__(cls, clear: str, shown: str) -> Masked:
        masked = super().__new__(cls, shown)
        masked._clear = clear
        return masked

    def __html__(self) -> str:
        return html.escape(str.__str__(self))

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[type[str], tuple[str]]:
        return str, (str.__str__(self),)
