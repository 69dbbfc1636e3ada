"""Messages of the plain platform, and what its door answers."""

from __future__ import annotations

from typing import Any

from tests.ingest.reports import after

RINGING = {"id": "e1", "call": "call-1", "facts": {"status": "ringing", "from_number": "+442079460123"}}
ENDED = {"id": "e2", "call": "call-1", "at": after(60).isoformat(), "facts": {"status": "ended"}}


def error_of(response: Any) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]
