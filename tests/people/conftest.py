from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from tests.people.test_sign_in import PASSWORD


@pytest.fixture
def mira(support_user: User) -> User:
    """A support agent with a password."""
    support_user.set_password(PASSWORD)
    support_user.save()
    return support_user
