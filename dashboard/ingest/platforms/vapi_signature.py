"""The ways in which Vapi proves its messages, all with one secret.

Names and defaults: VapiAI/server-sdk-python:src/vapi/types/hmac_authentication_plan.py and
VapiAI/docs:fern/server-url/server-authentication.mdx. The unit of the timestamp is not documented.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

from dashboard.ingest.platforms import signing
from dashboard.ingest.platforms.base import Incoming, Secret, SignatureRefused

SIGNATURE, TIMESTAMP = "x-signature", "x-timestamp"
SHARED_SECRET = "x-vapi-secret"
BEARER = "bearer "

ALGORITHMS = {40: "sha1", 64: "sha256", 128: "sha512", 28: "sha1", 44: "sha256", 88: "sha512"}
"""By the length of the signature, in hex and in base64."""

_SIGNATURE = re.compile(
    r"(?:[A-Za-z0-9_.-]{1,20}[=:,])?"  # A prefix such as "sha256=".
    r"([0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}"
    r"|[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=|[A-Za-z0-9+/]{86}==)"
)


def verify(incoming: Incoming, secret: Secret) -> None:
    """Check the proof that is there; HMAC goes before a secret that is sent as it is."""
    if incoming.headers.get(SIGNATURE):
        _verify_hmac(incoming, secret)
    elif incoming.headers.get(SHARED_SECRET):
        signing.require_same(signing.header(incoming, SHARED_SECRET), secret.text)
    else:
        authorization = signing.header(incoming, "authorization")
        if not authorization.lower().startswith(BEARER):
            raise SignatureRefused("malformed")
        signing.require_same(authorization[len(BEARER) :].strip(), secret.text)


def _verify_hmac(incoming: Incoming, secret: Secret) -> None:
    written = _SIGNATURE.fullmatch(signing.header(incoming, SIGNATURE))
    if not written:
        raise SignatureRefused("malformed")
    given = written[1]
    algorithm = ALGORITHMS[len(given)]
    payload = _payload(incoming)
    encode = signing.hmac_hex if len(given) in (40, 64, 128) else signing.hmac_base64
    signing.require_same(given, *(encode(key, payload, algorithm) for key in _keys(secret)))
    # Last, so that only Vapi itself can learn that its clock or ours is wrong.
    if TIMESTAMP in incoming.headers:
        signing.fresh(incoming.headers[TIMESTAMP].strip(), incoming.now)


def _payload(incoming: Incoming) -> bytes:
    """Return what is signed: `{timestamp}.{body}`, or the body alone where the timestamp is switched off."""
    if TIMESTAMP not in incoming.headers:
        return incoming.body
    timestamp = incoming.headers[TIMESTAMP].strip()
    return timestamp.encode("utf-8", "surrogatepass") + b"." + incoming.body


def _keys(secret: Secret) -> Iterator[str | bytes]:
    """Yield the secret, and the bytes it stands for when it is base64, as Vapi can be told that it is."""
    yield secret.text
    try:
        decoded = base64.b64decode(secret.text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return
    if len(decoded) >= 16:
        yield decoded
