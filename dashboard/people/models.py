from __future__ import annotations

from django.conf import settings
from django.db import models

from dashboard.people.roles import RIGHTS, codename


class Right(models.Model):
    """Nothing is stored in it: it carries the rights as Django permissions."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [(codename(right), label) for right, label in RIGHTS.items()]


class Identity(models.Model):
    """Who a person is at an identity provider: its own name for the person, which never changes hands."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="identities")
    provider = models.CharField(max_length=200)
    subject = models.CharField(max_length=255)

    class Meta:
        verbose_name_plural = "identities"
        constraints = [models.UniqueConstraint(fields=["provider", "subject"], name="one_person_an_identity")]

    def __str__(self) -> str:
        return f"{self.subject} at {self.provider}"
