"""The parameters of a door in OpenAPI's words, read from the form that checks them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.http import QueryDict

from dashboard.calls.forms import CursorField
from dashboard.calls.ranges import RANGES, STRETCH, RangeField
from dashboard.calls.search import LONGEST_ID
from sentry_logs.answers import LEVELS
from sentry_logs.fields import CorrelationIdField, CorrelationIdsField, LevelsField, OneOf, WholeNumberField


def parameters(form: type[forms.Form], about: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return every parameter; `about` says by name what it is for."""
    unbound = form(QueryDict())
    return [
        {
            "name": (written := unbound.add_prefix(name)),
            "in": "query",
            "required": isinstance(field, CorrelationIdField),
            "description": about[written],
            "schema": _schema(field),
        }
        for name, field in unbound.fields.items()
    ]


def _schema(field: forms.Field) -> dict[str, Any]:
    if isinstance(field, LevelsField):
        return {"type": "array", "items": {"type": "string", "enum": list(LEVELS)}}
    if isinstance(field, CorrelationIdsField):
        one = {"type": "string", "minLength": 1, "maxLength": LONGEST_ID}
        return {"type": "array", "items": one, "maxItems": field.most}
    if isinstance(field, CorrelationIdField):
        return {"type": "string", "minLength": 1, "maxLength": LONGEST_ID}
    if isinstance(field, WholeNumberField):
        return {"type": "integer", "minimum": field.least, "maximum": field.most, "default": field.default}
    if isinstance(field, RangeField):
        names = "|".join(name for name, _label in RANGES)
        stretch = "2026-11-23T09:00Z/2026-11-23T10:00Z"
        return {"type": "string", "pattern": f"^({names}|{STRETCH.pattern})$", "examples": ["24h", stretch]}
    if isinstance(field, forms.ChoiceField):
        values = [name for name, _label in cast(Iterable[tuple[str, str]], field.choices) if name]
        default = field.default if isinstance(field, OneOf) else ""
        return {"type": "string", "enum": values} | ({"default": default} if default else {})
    if isinstance(field, forms.RegexField):
        return {"type": "string", "pattern": field.regex.pattern, "examples": ["16"]}
    if isinstance(field, forms.CharField) and field.max_length and not isinstance(field, CursorField):
        return {"type": "string", "maxLength": field.max_length}
    return {"type": "string"}
