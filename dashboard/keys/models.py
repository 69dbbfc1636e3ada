from __future__ import annotations

import hashlib
import secrets

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

PREFIX = "ard_"
SHOWN = 12


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self) -> ApiKeyQuerySet:
        return self.filter(revoked_at=None)


class ApiKey(models.Model):
    """A machine's key; the key itself is shown once, the database keeps its hash."""

    class Scope(models.TextChoices):
        READ = "read", "Read"

    name = models.CharField(max_length=100, unique=True)
    scope = models.CharField(max_length=20, choices=Scope)
    start = models.CharField(max_length=SHOWN, help_text="The first characters, to tell keys apart.")
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name = "API key"

    def __str__(self) -> str:
        return self.name

    @classmethod
    def create(cls, name: str, scope: str) -> tuple[ApiKey, str]:
        """Store a new key and return it with its secret, which cannot be had again."""
        secret = PREFIX + secrets.token_urlsafe(32)
        return cls.objects.create(
            name=name, scope=scope, start=secret[:SHOWN], hash=hash_secret(secret)
        ), secret

    @classmethod
    def find(cls, secret: str) -> ApiKey | None:
        return cls.objects.usable().filter(hash=hash_secret(secret)).first()

    def revoke(self) -> None:
        self.revoked_at = timezone.now()
        self.save(update_fields=["revoked_at"])


def hash_secret(secret: str) -> str:
    """Hash a random 256-bit secret; a slow password hash would add nothing to that."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()
