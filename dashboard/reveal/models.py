from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Ask(models.Model):
    """A form that was sent. Who sends it twice, by a double click, has asked once."""

    token = models.CharField(max_length=32, primary_key=True)
    at = models.DateTimeField(db_default=Now(), db_index=True)

    def __str__(self) -> str:
        return self.token
