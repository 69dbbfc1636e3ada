"""The whole API as one OpenAPI 3.1 document."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from dashboard.api.paths import paths
from dashboard.api.schemas import schemas
from dashboard.people.doors import hidden, needs
from dashboard.people.roles import ADMINISTER

VERSION = "1"
ABOUT = (
    "Send calls, and read calls and what Sentry knows of them. Programs send a key as "
    "Authorization: Bearer; reading also works with the session of a signed-in person."
)


@hidden
@needs(ADMINISTER)
@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    return JsonResponse(document())


def document() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {"title": "AI Receptionist Dashboard", "version": VERSION, "description": ABOUT},
        "servers": [{"url": settings.PUBLIC_URL or "/"}],
        "security": [{"key": []}, {"session": []}],
        "paths": paths(),
        "components": {
            "schemas": schemas(),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "manage.py create_api_key"},
                "session": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
            },
        },
    }
