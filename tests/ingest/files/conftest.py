from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.ingest import importing


@pytest.fixture
def write(tmp_path):
    def write(content: str | bytes, name: str = "calls.jsonl") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 3)
