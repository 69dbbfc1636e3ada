from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sentry_logs.client.exceptions import SentryProtocolError

MAX_DEPTH = 64
_HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer over HTTP, decompressed. `headers` may be asked in any case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; SentryProtocolError for anything that is not honest JSON.

        NaN, infinite numbers and nesting over 64 levels are refused. Half surrogates, which no page could
        show, become "?".
        """
        try:
            return _loaded(self.body.decode())
        except (ValueError, RecursionError):
            raise SentryProtocolError(status=self.status) from None


def _loaded(text: str) -> Any:
    data = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    _check_depth(data)
    if _HALF_CHARACTER.search(text):
        clean = json.dumps(data, ensure_ascii=False).encode(errors="replace")
        data = json.loads(clean)
    return data


def _check_depth(data: Any) -> None:
    level = [data]
    for _ in range(MAX_DEPTH):
        level = [child for item in level for child in _children(item)]
        if not level:
            return
    raise ValueError("too deep")


def _children(item: Any) -> list[Any]:
    values = item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
    return [value for value in values if isinstance(value, (dict, list))]


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number


def _refuse(constant: str) -> None:
    raise ValueError(constant)
