"""What the people see: the calls page, its marks, the Logs panel, the browse page, and the JSON door."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.test import Client

from dashboard.calls.models import Call
from sentry_logs.sandbox import Sandbox

HTMX = {"HX-Request": "true"}


@dataclass
class Doors:
    support: Client
    admin: Client
    sentry: Sandbox
    call: Call

    def page(self) -> Any:
        return self.support.get("/calls/")

    def marks(self) -> str:
        response = self.support.get("/calls/marks/", {"ids": str(self.call.pk)}, headers=HTMX)
        assert response.status_code == 200
        return words(response)

    def mark(self) -> str:
        html = self.support.get("/calls/marks/", {"ids": str(self.call.pk)}, headers=HTMX).content.decode()
        cell = re.search(
            rf'hx-swap-oob="innerHTML:#m-{self.call.pk}">(.*?)</span>\s*<span hx-swap', html, re.S
        )
        assert cell
        return plain(cell[1])

    def panel(self, client: Client | None = None, **asked: str) -> str:
        """The words of the Logs panel for its whole range, a fragment that is whole whatever happens."""
        where = {"id": "call-1", "started": self.call.started_at.isoformat(), "try": "1", **asked}
        response = (client or self.support).get("/logs/call/", where, headers=HTMX)
        assert response.status_code == 200
        return words(response)

    def browse(self, client: Client | None = None, **asked: str) -> str:
        response = (client or self.support).get("/logs/", asked, headers=HTMX)
        assert response.status_code == 200
        return words(response)

    def json(self, **asked: str) -> Any:
        return self.support.get("/api/sentry/events", {"correlationId": "call-1", **asked})

    def failure(self, **asked: str) -> tuple[int, str]:
        """The JSON door's status and code, in the one shape of errors."""
        response = self.json(**asked)
        error = response.json()["error"]
        assert set(error) <= {"code", "message", "status", "parameter", "retryAfter"}
        return response.status_code, error["code"]

    def asked(self) -> int:
        """How many questions reached Sentry."""
        return sum("/events/" in request.path for request in self.sentry.requests)


def words(response: Any) -> str:
    return plain(response.content.decode())


def plain(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())
