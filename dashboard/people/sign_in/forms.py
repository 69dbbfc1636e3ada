from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, UsernameField
from django.contrib.auth.models import User

LONGEST_NAME, LONGEST_PASSWORD = 150, 1000


class SignInForm(AuthenticationForm):
    """Django's, which leaves the length of both to the browser."""

    username = UsernameField(max_length=LONGEST_NAME)
    password = forms.CharField(strip=False, max_length=LONGEST_PASSWORD, widget=forms.PasswordInput)


class NewPasswordForm(PasswordChangeForm):
    """Change one's own password. A wrong old one counts as a wrong try of signing in."""

    def __init__(self, user: User, *args: Any, request: Any, **kwargs: Any) -> None:
        super().__init__(user, *args, **kwargs)
        self.request = request
        for field in self.fields.values():
            field.max_length = LONGEST_PASSWORD  # type: ignore[attr-defined]  # all three are CharFields

    def clean_old_password(self) -> str:
        old: str = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.user.get_username(), password=old) != self.user:
            raise forms.ValidationError("This is not your password.")
        return old
