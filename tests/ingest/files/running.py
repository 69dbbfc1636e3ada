"""Files of calls, and the command that takes them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any, NamedTuple

from django.core.management import CommandError, call_command

from dashboard.calls.models import Call

HEADER = "platform,platformCallId,environment,startedAt,status"


class Run(NamedTuple):
    status: int
    said: str
    told: str
    """What was written to standard error, the last words included."""


def run(file: Path | str, **options: Any) -> Run:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("import_calls", str(file), stdout=out, stderr=err, **options)
    except CommandError as error:
        return Run(error.returncode, out.getvalue(), f"{err.getvalue()}{error}")
    return Run(0, out.getvalue(), err.getvalue())


def row(number: int, **facts: Any) -> dict[str, Any]:
    return {
        "platform": "vapi",
        "platformCallId": f"c-{number}",
        "environment": "production",
        "startedAt": "2026-11-20T10:00:00Z",
        "status": "ended",
    } | facts


def json_lines(*rows: Any) -> str:
    return "".join(f"{json.dumps(one)}\n" for one in rows)


def csv_lines(*rows: dict[str, Any]) -> str:
    return "".join(f"{','.join(one.values())}\n" for one in rows)


def content_of(name: str, count: int) -> str:
    rows = [row(number) for number in range(count)]
    return json_lines(*rows) if name.endswith("jsonl") else f"{HEADER}\n{csv_lines(*rows)}"


def ids() -> list[str]:
    return sorted(Call.objects.values_list("platform_call_id", flat=True))
