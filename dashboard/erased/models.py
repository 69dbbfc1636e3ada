from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class ErasedCall(models.Model):
    """A call that was erased with the person it was about, known by a keyed hash of its id only."""

    key = models.CharField(max_length=64, unique=True)
    erased_at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"{self.key[:12]}…"
