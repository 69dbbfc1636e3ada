"""What a request with a key that does not let it in is told; every bad key is told the same."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dashboard.address_limit import AddressLimit
from dashboard.audit.asking import address_of
from dashboard.keys.credentials import is_well_formed
from dashboard.keys.models import ApiKey
from dashboard.middleware import answers_json
from sentry_logs.errors import error_response

logger = logging.getLogger(__name__)

MOST_A_MINUTE = 20
BAD_KEY = "This API key lets nobody in: it is wrong, expired or revoked."
IN_ADDRESS = (
    "Send the API key as Authorization: Bearer, never in the address: addresses are logged. "
    "Revoke the key that was sent here and make another one."
)
limit = AddressLimit(MOST_A_MINUTE)


def bad_key(request: HttpRequest, secret: str, now: datetime) -> HttpResponse:
    wait = limit.seconds_to_wait(address_of(request) or "", now)
    if wait:
        return error_response(429, "too_many", "Too many wrong API keys from here.", retry_after=wait)
    if is_well_formed(secret):
        with suppress(Error):
            ApiKey.note_refusal(secret, now)
    return error_response(401, "bad_key", BAD_KEY)


def no_door_for_keys() -> HttpResponse:
    return error_response(401, "not_signed_in", "API keys are for the doors under /api/. Sign in here.")


def in_address(request: HttpRequest) -> HttpResponse:
    logger.warning("An address held an API key; it should be revoked. Path: %s", request.path)
    if answers_json(request):
        return error_response(400, "key_in_address", IN_ADDRESS)
    return render(request, "400.html", {"detail": IN_ADDRESS}, status=400)
