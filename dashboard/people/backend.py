from __future__ import annotations

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User

from dashboard.people.rights import read_person


class PeopleBackend(ModelBackend):
    """Name and password, and the person of each request together with what the person may do."""

    def get_user(self, user_id: int) -> User | None:
        user = read_person(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
