from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.access.world import World, build


@pytest.fixture
def world(db, sandbox, settings) -> World:
    settings.WEBHOOK_SECRETS = {"VAPI_WEBHOOK_SECRET": "the secret of a platform"}
    settings.SECURITY_CONTACT = ["mailto:security@example.com"]
    return build(sandbox)


@pytest.fixture
def quiet() -> Iterator[None]:
    """Leave out the line that every refusal writes; there are thousands."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
