"""Signing in by a header that a proxy in front of the dashboard sets. Off unless both settings are given."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponseBase

from dashboard.middleware import is_for_machines
from dashboard.people.sign_in.outside import NotLetIn, person_for
from dashboard.people.sign_in.second_factor import mark_verified

BY_PROXY = "by_proxy"
BACKEND = "dashboard.people.backend.PeopleBackend"

logger = logging.getLogger(__name__)


class ProxySignInMiddleware:
    """Sign in whom the proxy names, and out when it names another or nobody.

    The header counts only in a connection from the proxy's own address: what a client claims, and what
    `X-Forwarded-For` says, plays no part.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_machine = is_for_machines(request.path_info) and "Authorization" in request.headers
        if settings.PROXY_USER_HEADER and not is_machine and request.path_info not in ("/livez", "/readyz"):
            self._follow(request)
        return self.get_response(request)

    def _follow(self, request: HttpRequest) -> None:
        name = request.headers.get(settings.PROXY_USER_HEADER, "") if _is_proxy(request) else ""
        came_by_it = request.session.get(BY_PROXY)
        if came_by_it and came_by_it != name:
            logout(request)
        if not name or (request.user.is_authenticated and came_by_it == name):
            return
        said = request.headers.get(settings.PROXY_GROUPS_HEADER) if settings.PROXY_GROUPS_HEADER else None
        groups = None if said is None else [group.strip() for group in said.split(",")]
        try:
            user = person_for("proxy", name, name, groups)
        except NotLetIn as reason:
            logger.warning("The proxy's user was not let in: %s", reason)
            return
        login(request, user, backend=BACKEND)
        request.session[BY_PROXY] = name
        # The second factor is asked for where the password is.
        mark_verified(request.session)


def _is_proxy(request: HttpRequest) -> bool:
    try:
        peer = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(peer in ipaddress.ip_network(network) for network in settings.PROXY_ADDRESSES)
