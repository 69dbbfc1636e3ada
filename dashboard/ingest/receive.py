"""A message proven to be the platform's and stored, before anybody reads it."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence

from django.db import connection

from dashboard.ingest.cleaning import clean_text
from dashboard.ingest.models import Delivery
from dashboard.ingest.platforms.base import Incoming, Platform, Secret, SignatureRefused

logger = logging.getLogger(__name__)

LONGEST_CONTENT_TYPE = 100


def verify(platform: Platform, incoming: Incoming, secrets: Sequence[Secret]) -> None:
    """Raise SignatureRefused unless one of the secrets signed the message."""
    refusals = []
    for secret in secrets:
        try:
            return platform.verify(incoming, secret)
        except SignatureRefused as refusal:
            refusals.append(refusal.reason)
        except Exception:
            logger.exception("A signature of %s could not be checked", platform.name)
            refusals.append("malformed")
    # A secret that is the right one says more than "wrong".
    raise SignatureRefused(next((reason for reason in refusals if reason != "wrong"), "wrong"))


def store(platform: Platform, incoming: Incoming, environment: str) -> Delivery | None:
    """Store a proven message, committed when this returns; None if it was stored before.

    Raises only the errors of a database that is not there.
    """
    delivery = Delivery(
        environment=environment,
        platform=platform.name,
        # An event told again in other words may be news, so the bytes name it.
        dedupe_key=hashlib.sha256(incoming.body).hexdigest(),
        content_type=clean_text(incoming.content_type, LONGEST_CONTENT_TYPE),
        body=_kept(platform, incoming.body),
        received_at=incoming.now,
    )
    fields = [field for field in Delivery._meta.local_concrete_fields if not field.primary_key]
    names = ", ".join(str(field.column) for field in fields)
    values = [field.get_db_prep_save(getattr(delivery, field.attname), connection) for field in fields]
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        # One statement: of several processes with the same message one stores it, the others count.
        cursor.execute(
            f"INSERT INTO ingest_delivery ({names}) VALUES ({marks}) "
            "ON CONFLICT (environment, platform, dedupe_key) "
            "DO UPDATE SET seen = ingest_delivery.seen + 1 RETURNING id, seen",
            values,
        )
        delivery.pk, delivery.seen = cursor.fetchone()
    return delivery if delivery.seen == 1 else None


def _kept(platform: Platform, body: bytes) -> bytes:
    try:
        return platform.kept(body)
    except Exception:
        logger.exception("A body of %s could not be shortened; all of it is kept", platform.name)
        return body
