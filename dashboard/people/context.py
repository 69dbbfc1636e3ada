from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from dashboard.people.rights import may, role_of
from dashboard.people.roles import RIGHTS, codename


def rights(request: HttpRequest) -> dict[str, Any]:
    """Template variables of every page: `may.export_calls` and the like, and the role in words.

    Lazy, for a page that says that the database is gone must not ask it.
    """

    def of_person() -> dict[str, bool]:
        return {codename(right): may(request.user, right) for right in RIGHTS}

    return {
        "may": SimpleLazyObject(of_person),
        "role": SimpleLazyObject(lambda: role_of(request.user) or "No role"),
    }
