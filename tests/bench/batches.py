"""Rows a second of `POST /api/calls` with 500 calls, as a share of a bare `bulk_create` of the same rows."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.test import Client  # noqa: E402  Django has to be set up first

from dashboard.calls.models import Call, CallAlias, CallDetail  # noqa: E402
from dashboard.keys.models import ApiKey  # noqa: E402

SIZE, ROUNDS = 500, 15


def main() -> None:
    client, numbers = Client(headers={"host": "localhost"}), count()
    _key, secret = ApiKey.create("bench", ApiKey.Scope.INGEST)
    posted, bare = [], []
    for round_ in range(ROUNDS + 3):
        items = [_item(next(numbers)) for _ in range(SIZE)]
        body = json.dumps(items)
        post = _timed(partial(_post, client, secret, body))
        create = _copy([next(numbers) for _ in items], [item["platformCallId"] for item in items])
        if round_ >= 3:
            posted.append(post)
            bare.append(create)
    sys.stdout.write(f"{statistics.median(bare) / statistics.median(posted):.2f}\n")


def _timed(act: Callable[[], None]) -> float:
    begin = time.perf_counter()
    act()
    return time.perf_counter() - begin


def _item(number: int) -> dict[str, Any]:
    return {
        "platform": "vapi",
        "platformCallId": f"batch-{number:08}",
        "environment": "production",
        "direction": "inbound",
        "fromNumber": "+15555550123",
        "toNumber": "+15555550100",
        "agentName": "Front desk",
        "status": "ended",
        "outcome": "completed",
        "endedBy": "caller",
        "endedReason": "caller_hangup",
        "startedAt": "2026-11-21T09:41:01Z",
        "endedAt": "2026-11-21T09:42:10Z",
        "summary": "Caller asked to move an appointment.",
        "transcript": [{"role": "agent", "text": "How can I help?", "atMs": 900}],
        "aliases": [{"kind": "twilio_call_sid", "value": f"CA{number:032x}"}],
    }


def _post(client: Client, secret: str, body: str) -> None:
    headers = {"Authorization": f"Bearer {secret}"}
    response = client.post("/api/calls", body, content_type="application/json", headers=headers)
    if response.status_code != 201:
        raise RuntimeError(response.content.decode()[:500])


def _copy(numbers: list[int], ids: list[str]) -> float:
    """Create the rows that were just posted once more, under other ids."""
    calls = list(
        Call.objects.filter(platform_call_id__in=ids).select_related("detail").prefetch_related("aliases")
    )
    rows, details, aliases = [], [], []
    for number, call in zip(numbers, calls, strict=True):
        facts = {
            field.attname: getattr(call, field.attname)
            for field in Call._meta.concrete_fields
            if field.attname not in ("id", "platform_call_id", "from_last4", "to_last4")
        }
        row = Call(platform_call_id=f"bare-{number:08}", **facts)
        rows.append(row)
        detail = call.detail
        detail.call = row
        details.append(detail)
        aliases += [CallAlias(call=row, kind=alias.kind, value=alias.value) for alias in call.aliases.all()]
    begin = time.perf_counter()
    with transaction.atomic():
        Call.objects.bulk_create(rows)
        CallDetail.objects.bulk_create(details)
        CallAlias.objects.bulk_create(aliases)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
