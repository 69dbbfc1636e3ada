"""How often a fragment asks again for an answer that is on its way."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import QueryDict

DELAYS = (2, 4, 8, 15)


@dataclass(frozen=True, slots=True)
class Polling:
    tries: int = 0

    @classmethod
    def read(cls, parameters: QueryDict) -> Polling:
        text = parameters.get("try", "")
        return cls(int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0)

    @property
    def next_try(self) -> int:
        return self.tries + 1

    @property
    def delay(self) -> int | None:
        """Seconds until the next try; None when it has been tried often enough."""
        return DELAYS[self.tries] if self.tries < len(DELAYS) else None
