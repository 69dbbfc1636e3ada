"""A recording is opened by a link of ours, by one person and within a minute; its own address stays here."""

from __future__ import annotations

from uuid import UUID

from django.core import signing
from django.http import HttpRequest

SECONDS = 60
SIGNER = signing.TimestampSigner(salt="dashboard.reveal.recording")


def ticket(request: HttpRequest, pk: UUID) -> str:
    return SIGNER.sign_object({"call": str(pk), "person": request.user.pk})


def read_ticket(request: HttpRequest, text: str) -> UUID | None:
    """Return the call whose recording a ticket opens; None when it is old, forged or another person's."""
    try:
        said = SIGNER.unsign_object(text, max_age=SECONDS)
    except signing.BadSignature:
        return None
    return UUID(said["call"]) if said["person"] == request.user.pk else None
