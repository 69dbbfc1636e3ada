"""What every answer tells the browser, whoever made it: a view, a middleware, a static file, an error."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

UNUSED_FEATURES = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "screen-wake-lock",
    "sync-xhr",
    "usb",
    "xr-spatial-tracking",
)
EVERY_ANSWER = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES),
}
NOT_KEPT = "no-store, private"
NOTHING_ALLOWED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


class HeadersMiddleware:
    """Stands before all others, so that nothing answers without these headers.

    An answer that does not say how long it may be kept is kept by nobody: it may show a person. A cookie is
    out of reach for scripts and other sites, whoever sets it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        tells_nobody = response.headers.get("Referrer-Policy") == "no-referrer"
        for name, value in EVERY_ANSWER.items():
            response.headers[name] = value
        if tells_nobody:
            response.headers["Referrer-Policy"] = "no-referrer"
        response.headers.setdefault("Cache-Control", NOT_KEPT)
        for cookie in response.cookies.values():
            cookie["httponly"], cookie["secure"] = True, settings.HTTPS
            cookie["samesite"] = cookie["samesite"] or "Lax"
        return response


def refusal(status: int, reason: str) -> bytes:
    """Return the whole answer to a request that the server could not read. It repeats nothing of it."""
    body = f"{status} {reason}\n"
    headers = {
        **EVERY_ANSWER,
        "Content-Security-Policy": NOTHING_ALLOWED,
        "Cache-Control": NOT_KEPT,
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    lines = (f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in headers.items()))
    return "\r\n".join((*lines, "", body)).encode("latin-1")
