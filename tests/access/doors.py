"""Every door of the house, read from the URL patterns themselves, Django's admin included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Door:
    """One pattern. `name` is what `access.toml` calls it: its URL name, else (in the admin) its route."""

    name: str
    is_named: bool
    route: str
    arguments: tuple[str, ...]
    view: Any

    @property
    def is_open(self) -> bool:
        """Whether nobody has to sign in, as the view itself says."""
        return not getattr(self.view, "login_required", True)

    @property
    def is_csrf_exempt(self) -> bool:
        return bool(getattr(self.view, "csrf_exempt", False))

    @property
    def is_of_admin(self) -> bool:
        return self.route.startswith("admin/")


def doors() -> list[Door]:
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[URLPattern | URLResolver], namespace: str, before: str) -> Iterator[Door]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, route)
            continue
        yield Door(
            name=namespace + pattern.name if pattern.name else route,
            is_named=bool(pattern.name),
            route=route,
            arguments=tuple(pattern.pattern.converters) or tuple(pattern.pattern.regex.groupindex),
            view=pattern.callback,
        )
