from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.audit.events import Event

ROOT = Path(__file__).resolve().parents[2]
CODE = "\n".join(path.read_text() for path in (ROOT / "dashboard").rglob("*.py") if path.name != "events.py")
RECORDED = set(re.findall(r"\bEvent\.([A-Z_]+)", CODE))


@pytest.mark.parametrize("event", Event)
def test_every_event_is_recorded_somewhere(event):
    assert event.name in RECORDED
