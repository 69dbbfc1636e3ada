from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_NUMBERS = ("count(", "count_if(", "count_unique(", "eps(", "epm(", "failure_count(")
_NUMBER_FIELDS = ("issue.id", "project.id")
_MOMENTS = ("timestamp", "min(timestamp)", "max(timestamp)", "last_seen()")
_LISTS = ("error.", "stack.")


def row_of(data: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """One row with exactly the asked fields; a missing cell, or one of a wrong type, is None."""
    return {field: _cell(field, data.get(field)) for field in fields}


def _cell(field: str, value: Any) -> Any:
    if field.startswith(_NUMBERS) or field in _NUMBER_FIELDS:
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    if field in _MOMENTS:
        return value if isinstance(value, str) else None
    if isinstance(value, list):
        scalars = [item for item in value if not isinstance(item, (list, dict))]
        return scalars if field.startswith(_LISTS) else None
    return None if isinstance(value, dict) else value
