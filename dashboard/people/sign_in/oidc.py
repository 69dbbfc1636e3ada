"""Signing in at an OpenID Connect provider (extra `oidc`). mozilla-django-oidc walks the code flow with PKCE;
what it leaves open, who issued a token and for whom, is checked here."""

from __future__ import annotations

from typing import Any

import jwt
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import User
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponseBase
from django.utils.decorators import method_decorator
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView

from dashboard.people.rights import read_person
from dashboard.people.sign_in.outside import NotLetIn, person_for
from dashboard.people.sign_in.second_factor import mark_verified

REQUIRED = ["exp", "iat", "sub", "iss", "aud"]


class OidcBackend(OIDCAuthenticationBackend):  # type: ignore[misc]  # the library has no types
    """People by the subject of the id token, never by a mail address, which may change hands."""

    def _verify_jws(self, payload: str, key: Any) -> dict[str, Any]:
        if jwt.get_unverified_header(payload).get("alg") != self.OIDC_RP_SIGN_ALGO:
            raise SuspiciousOperation("The provider signs in another way than it should.")
        try:
            claims: dict[str, Any] = jwt.decode(
                payload,
                key,
                algorithms=[self.OIDC_RP_SIGN_ALGO],
                audience=self.OIDC_RP_CLIENT_ID,
                issuer=settings.OIDC_ISSUER,
                leeway=30,
                options={"require": REQUIRED},
            )
        except jwt.PyJWTError as error:
            raise SuspiciousOperation("The provider's token is not good.") from error
        return claims

    def authenticate(self, request: HttpRequest | None, **kwargs: Any) -> User | None:
        # Without a nonce it is somebody who gives a name and a password.
        if request is None or not kwargs.get("nonce"):
            return None
        try:
            user: User | None = super().authenticate(request, **kwargs)
        except (OSError, jwt.PyJWTError, ValueError, KeyError) as error:
            raise SuspiciousOperation("The provider did not answer as it should.") from error
        return user

    def get_or_create_user(self, access_token: str, id_token: str, claims: dict[str, Any]) -> User:
        name = str(claims.get(settings.OIDC_NAME_CLAIM, ""))
        groups = claims.get(settings.OIDC_GROUPS_CLAIM)
        listed = [str(group) for group in groups] if isinstance(groups, list) else None
        try:
            return person_for(settings.OIDC_ISSUER, str(claims["sub"]), name, listed)
        except NotLetIn as reason:
            raise SuspiciousOperation(str(reason)) from reason

    def get_user(self, user_id: int) -> User | None:
        user = read_person(user_id)
        return user if user is not None and user.is_active else None


@method_decorator(login_not_required, name="dispatch")
class Begin(OIDCAuthenticationRequestView):  # type: ignore[misc]  # the library has no types
    """Send the browser to the provider."""


@method_decorator(login_not_required, name="dispatch")
class Callback(OIDCAuthenticationCallbackView):  # type: ignore[misc]  # the library has no types
    """Take the browser back from the provider."""

    def login_success(self) -> HttpResponseBase:
        answer: HttpResponseBase = super().login_success()
        # The second factor is asked for where the password is.
        mark_verified(self.request.session)
        return answer
