"""Which scope of key a door under /api/ takes: read, unless it says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponseBase

from dashboard.keys.models import ApiKey

View = Callable[..., HttpResponseBase]


def takes_keys(**scopes: ApiKey.Scope) -> Callable[[View], View]:
    """Say by HTTP method which scope a view takes instead: `@takes_keys(POST=ApiKey.Scope.INGEST)`."""

    def mark(view: View) -> View:
        view.key_scopes = scopes  # type: ignore[attr-defined]  # as Django marks views, too
        return view

    return mark


def scope_of(view: Any, method: str | None) -> ApiKey.Scope:
    scopes: dict[str, ApiKey.Scope] = getattr(view, "key_scopes", {})
    return scopes.get(method or "", ApiKey.Scope.READ)
