"""What happens when somebody signs in, or may no longer."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from dashboard.people.sign_in.sessions import begin, end_sessions


@receiver(user_logged_in)
def _begin(request: HttpRequest, **kwargs: Any) -> None:
    begin(request)


@receiver(post_save, sender=User)
def _end(instance: User, *, created: bool = False, **kwargs: Any) -> None:
    """Leave nothing that would let a disabled person go on once enabled again."""
    if not instance.is_active and not created:
        end_sessions(instance)
