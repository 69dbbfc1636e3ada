"""Rules for passwords beside Django's: length decides, not the kinds of characters."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

OUR_WORDS = ("receptionist", "dashboard", "sentry", "support", "password")


class NotOurWords:
    """Refuse a password that is little more than the words of this product."""

    def __init__(self, fewest_others: int = 6) -> None:
        self.fewest_others = fewest_others

    def validate(self, password: str, user: User | None = None) -> None:
        left = password.lower()
        for word in OUR_WORDS:
            left = left.replace(word, "")
        if left != password.lower() and len(left) < self.fewest_others:
            raise ValidationError("This password is little more than words that everybody here uses.")

    def get_help_text(self) -> str:
        return "Not the name of this product with a few characters more."
