from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from dashboard.audit.lately import lately
from dashboard.audit.models import Entry


@pytest.fixture(autouse=True)
def nothing_lately() -> Iterator[None]:
    lately.forget()
    yield
    lately.forget()


@pytest.fixture
def trail(db) -> Callable[[], list[tuple[str, str, str]]]:
    """What was recorded since the test began: event, who, detail."""
    before = Entry.objects.count()

    def said() -> list[tuple[str, str, str]]:
        rows = Entry.objects.order_by("id")[before:]
        return [(entry.event, entry.who, entry.detail) for entry in rows]

    return said
