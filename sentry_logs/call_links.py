"""Where a correlation id's call is shown, if the product around this app knows one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class CallLink(Protocol):
    @property
    def url(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def detail(self) -> str: ...


def call_links(correlation_ids: Sequence[str]) -> Mapping[str, CallLink]:
    """Ask the function that the setting CALL_LINKS names; without one there are no links."""
    path = getattr(settings, "CALL_LINKS", "")
    if not path or not correlation_ids:
        return {}
    find: Callable[[Sequence[str]], Mapping[str, CallLink]] = import_string(path)
    return find(correlation_ids)
