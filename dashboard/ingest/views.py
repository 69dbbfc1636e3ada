from __future__ import annotations

import logging
from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.encoding import escape_uri_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from dashboard.calls.vocabulary import Platform as PlatformName
from dashboard.failures import Trouble, answer, note, trouble_in
from dashboard.ingest import refusals
from dashboard.ingest.body import Incomplete, NoLength, TooLarge, read_body
from dashboard.ingest.checks import is_usable
from dashboard.ingest.models import Delivery
from dashboard.ingest.platforms import PLATFORMS
from dashboard.ingest.platforms.base import Incoming, Platform, Secret, SignatureRefused
from dashboard.ingest.receive import store, verify
from dashboard.ingest.secrets import missing, secrets_for
from dashboard.ingest.settle import catch_up_seldom, settle
from sentry_logs.errors import error_response

logger = logging.getLogger(__name__)


class Rejected(Exception):
    """A request that is answered with an error; the message is for the people who set the webhook up."""

    def __init__(self, status: HTTPStatus, code: str, message: str, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status, self.code, self.message, self.retry_after = status, code, message, retry_after


class Acknowledgement(JsonResponse):
    """Says yes to a message that is stored. What it says is recorded when the sender has the answer."""

    def __init__(self, delivery: Delivery | None, incoming: Incoming) -> None:
        super().__init__({"status": "stored" if delivery else "seen"})
        self._delivery, self._incoming = delivery, incoming

    def close(self) -> None:
        delivery, self._delivery = self._delivery, None
        try:
            if delivery:
                settle(delivery, self._incoming)
            catch_up_seldom()
            refusals.counter.write_if_due(self._incoming.now)
        except Error as failure:
            logger.error("A delivery waits for the database: %s", type(failure).__name__)
        finally:
            super().close()


@csrf_exempt
@login_not_required
@require_POST
def webhook(request: HttpRequest, environment: str, platform: str) -> HttpResponse:
    """Take one message of a platform: what is answered with 200 is stored, and read right after that."""
    try:
        return _take(request, environment, platform)
    except Rejected as no:
        return error_response(no.status, no.code, no.message, retry_after=no.retry_after)
    except Error as failure:
        trouble = trouble_in(failure) or Trouble.AWAY
        note(request, failure, trouble)
        return answer(request, trouble)


def _take(request: HttpRequest, environment: str, name: str) -> JsonResponse:
    platform, secrets = _platform(environment, name)
    incoming = Incoming(
        url=_signed_url(request),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=_body(request, platform),
        now=timezone.now(),
    )
    try:
        verify(platform, incoming, secrets)
    except SignatureRefused as refusal:
        _refuse(request, incoming, environment, platform, refusal.reason)
    delivery = store(platform, incoming, environment)
    return Acknowledgement(delivery, incoming)


def _platform(environment: str, name: str) -> tuple[Platform, list[Secret]]:
    platform = PLATFORMS.get(name)
    if platform is None or environment not in settings.SENTRY_ENVIRONMENTS:
        raise Rejected(HTTPStatus.NOT_FOUND, "not_found", "There is no such environment or platform here.")
    secrets = secrets_for(platform.name, environment)
    unset = [] if secrets else missing(platform.name, environment)
    if platform.name == PlatformName.TWILIO and not is_usable(settings.PUBLIC_URL):
        unset.append("PUBLIC_URL")
    if unset:
        label = platform.name.label
        message = f"Webhooks of {label} are off: {' and '.join(unset)} must be set in the dashboard."
        raise Rejected(HTTPStatus.SERVICE_UNAVAILABLE, "platform_off", message)
    return platform, secrets


def _body(request: HttpRequest, platform: Platform) -> bytes:
    if request.headers.get("Content-Encoding", "").strip().lower() not in ("", "identity"):
        raise Rejected(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "encoded", "Send the body as it is, without Content-Encoding."
        )
    if (request.content_type or "").lower() not in platform.content_types:
        wanted = " or ".join(sorted(platform.content_types))
        raise Rejected(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "content_type", f"The Content-Type must be {wanted}."
        )
    try:
        return read_body(request, settings.WEBHOOK_BODY_LIMIT)
    except TooLarge:
        raise Rejected(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "too_large",
            f"The body may have at most {settings.WEBHOOK_BODY_LIMIT:,} bytes.",
        ) from None
    except NoLength:
        raise Rejected(HTTPStatus.LENGTH_REQUIRED, "length_required", "Send a Content-Length.") from None
    except Incomplete:
        raise Rejected(HTTPStatus.BAD_REQUEST, "incomplete", "The body did not come whole.") from None


def _signed_url(request: HttpRequest) -> str:
    """Return the address as the sender knows it: from the settings, since anybody can write a header."""
    query = request.META.get("QUERY_STRING", "")
    return str(settings.PUBLIC_URL) + escape_uri_path(request.path_info) + (f"?{query}" if query else "")


def _refuse(
    request: HttpRequest, incoming: Incoming, environment: str, platform: Platform, reason: str
) -> None:
    refusals.counter.add(environment, platform.name, reason, incoming.now)
    refusals.counter.write_if_due(incoming.now)
    wait = refusals.limit.seconds_to_wait(request.META.get("REMOTE_ADDR", ""), incoming.now)
    if wait:
        raise Rejected(
            HTTPStatus.TOO_MANY_REQUESTS, "too_many", "Too many messages without a valid signature.", wait
        )
    raise Rejected(
        HTTPStatus.UNAUTHORIZED, "bad_signature", "The signature is missing, wrong or out of date."
    )
