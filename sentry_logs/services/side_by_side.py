"""Ask several sources at the same time, so that two of them take no longer than the slower one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextvars import copy_context
from typing import TypeVar

from django.core.cache import DEFAULT_CACHE_ALIAS, BaseCache, caches
from django.db import connections

from sentry_logs.answers import Answer
from sentry_logs.unavailable import LogsException, LogsUnavailable, QuestionRefused

Value = TypeVar("Value")
Ask = Callable[[], Answer[Value]]


def ask_each(asks: Mapping[str, Ask[Value]]) -> dict[str, Answer[Value] | LogsUnavailable]:
    """Return what each source answered, or why it did not.

    Raises what concerns the question itself, and LogsUnavailable when no source answered.
    """
    outcomes: dict[str, Answer[Value] | LogsException] = {}

    def run(name: str) -> None:
        try:
            outcomes[name] = asks[name]()
        except LogsException as failure:
            outcomes[name] = failure

    first, *others = asks
    jobs = [(_apart, run, name, caches[DEFAULT_CACHE_ALIAS]) for name in others]
    # Each in a copy of this context, so that log lines keep the id of the request.
    threads = [threading.Thread(target=copy_context().run, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    try:
        run(first)
    finally:
        for thread in threads:
            thread.join()
    return _usable({name: outcomes[name] for name in asks})


def _apart(run: Callable[[str], None], name: str, shared_cache: BaseCache) -> None:
    # Django would make a cache for this thread, and that would connect anew for one look.
    caches[DEFAULT_CACHE_ALIAS] = shared_cache
    try:
        run(name)
    finally:
        # Django opens a database connection for each thread, and closes only those of requests.
        connections.close_all()


def _usable(
    outcomes: Mapping[str, Answer[Value] | LogsException],
) -> dict[str, Answer[Value] | LogsUnavailable]:
    usable: dict[str, Answer[Value] | LogsUnavailable] = {}
    answered = any(isinstance(outcome, Answer) for outcome in outcomes.values())
    for name, outcome in outcomes.items():
        if isinstance(outcome, QuestionRefused) and answered:
            # The same question was good enough for another source, so it is this one that cannot take it.
            usable[name] = LogsUnavailable("Sentry refused this question.", outcome.message, "refused")
        elif isinstance(outcome, LogsException) and not isinstance(outcome, LogsUnavailable):
            raise outcome
        else:
            usable[name] = outcome
    failures = [outcome for outcome in usable.values() if isinstance(outcome, LogsUnavailable)]
    if len(failures) == len(usable):
        raise failures[0]
    return usable
