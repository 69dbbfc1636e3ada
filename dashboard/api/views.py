from __future__ import annotations

from typing import cast

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dashboard.api.listing import list_calls, one_call
from dashboard.api.posting import KeyedRequest, post_calls
from dashboard.keys.models import ApiKey
from dashboard.keys.scopes import takes_keys
from dashboard.people.doors import needs
from dashboard.people.roles import SEE_CALLS

__all__ = ["calls", "one_call"]


@needs(SEE_CALLS)
@takes_keys(POST=ApiKey.Scope.INGEST)
@csrf_exempt  # No session may post, so none can be abused.
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def calls(request: HttpRequest) -> JsonResponse:
    if request.method == "POST":
        return post_calls(cast(KeyedRequest, request))
    return list_calls(request)
