from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

PREFIX = "ard_"
SHOWN = 12
NOTED_EVERY = timedelta(minutes=1)


class ApiKey(models.Model):
    """A machine's key; the key itself is shown once, the database keeps its hash."""

    class Scope(models.TextChoices):
        READ = "read", "Read"
        INGEST = "ingest", "Send calls"

    name = models.CharField(max_length=100, unique=True)
    scope = models.CharField(max_length=20, choices=Scope)
    environment = models.CharField(
        max_length=64, blank=True, help_text="The only environment this key is for; empty for all."
    )
    start = models.CharField(max_length=SHOWN, help_text="The first characters, to tell keys apart.")
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField(null=True, blank=True, help_text="Refused from then on.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, help_text="To the minute.")
    refused = models.PositiveIntegerField(
        default=0, db_default=0, help_text="How often a key that begins like this one was refused."
    )
    last_refused_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = "API key"
        indexes = [models.Index(fields=["start"], name="key_start")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def create(
        cls, name: str, scope: str, environment: str = "", expires_at: datetime | None = None
    ) -> tuple[ApiKey, str]:
        """Store a new key and return it with its secret, which cannot be had again."""
        secret = PREFIX + secrets.token_urlsafe(32)
        return cls.objects.create(
            name=name,
            scope=scope,
            environment=environment,
            start=secret[:SHOWN],
            hash=hash_secret(secret),
            expires_at=expires_at,
        ), secret

    @classmethod
    def find(cls, secret: str) -> ApiKey | None:
        """Return the key with this secret while it is good. Every kind of bad one takes the same way."""
        key = cls.objects.filter(hash=hash_secret(secret)).first()
        return key if key is not None and key.is_good(timezone.now()) else None

    def is_good(self, now: datetime) -> bool:
        """Whether the key lets in: not revoked, not expired, and for an environment that still exists."""
        return (
            self.revoked_at is None
            and (self.expires_at is None or now < self.expires_at)
            and (not self.environment or self.environment in settings.SENTRY_ENVIRONMENTS)
        )

    def note_use(self, now: datetime) -> bool:
        """Keep when the key was used last, and return whether this is its first use."""
        if self.last_used_at is not None and timedelta() <= now - self.last_used_at < NOTED_EVERY:
            return False
        noted = ApiKey.objects.filter(pk=self.pk, last_used_at=self.last_used_at).update(last_used_at=now)
        return bool(noted) and self.last_used_at is None

    @classmethod
    def note_refusal(cls, secret: str, now: datetime) -> None:
        """Count it for the key that begins like this; beginnings of no key of ours take no room."""
        alike = cls.objects.filter(start=secret[:SHOWN])
        alike.update(refused=F("refused") + 1, last_refused_at=now)

    def revoke(self) -> None:
        self.revoked_at = timezone.now()
        self.save(update_fields=["revoked_at"])


def hash_secret(secret: str) -> str:
    """Hash a random 256-bit secret; a slow password hash would add nothing to that."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
