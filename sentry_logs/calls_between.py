"""Calls to ask Sentry about, if the product around this app knows any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from sentry_logs.answers import CallToCheck


def calls_between(environment: str, start: datetime, end: datetime, at_most: int) -> Sequence[CallToCheck]:
    """Ask the function that the setting CALLS_BETWEEN names; without one there are no calls.

    It returns the calls that started from `start` on and before `end`, oldest first. Where there are more
    than `at_most` it picks that many evenly, always the same ones.
    """
    path = getattr(settings, "CALLS_BETWEEN", "")
    if not path:
        return []
    find: Callable[[str, datetime, datetime, int], Sequence[CallToCheck]] = import_string(path)
    return find(environment, start, end, at_most)
