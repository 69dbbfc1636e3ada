"""Messages signed as each platform signs them, now."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import parse_qsl

from tests.ingest.platforms.conftest import read

PUBLIC_URL = "https://desk.example.test"
TYPES = {"twilio": "application/x-www-form-urlencoded", "livekit": "application/webhook+json"}


def secrets() -> dict[str, str]:
    return {
        "VAPI_WEBHOOK_SECRET": read("vapi")["secret"],
        "RETELL_API_KEY": read("retell")["secret"],
        "TWILIO_AUTH_TOKEN": read("twilio")["secret"],
        "ELEVENLABS_WEBHOOK_SECRET": read("elevenlabs")["secret"],
        "LIVEKIT_API_KEY": read("livekit")["secret"]["api_key"],
        "LIVEKIT_API_SECRET": read("livekit")["secret"]["api_secret"],
    }


def door(platform: str) -> str:
    return f"/webhooks/production/{platform}/"


def signed(platform: str, body: bytes) -> dict[str, str]:
    """Return the headers with which a platform would send a body; it is one that can be signed at all."""
    return {"Content-Type": TYPES.get(platform, "application/json"), **SIGNERS[platform](body)}


def _hex(secret: str, payload: bytes) -> str:
    return hmac.digest(secret.encode(), payload, hashlib.sha256).hex()


def _vapi(body: bytes) -> dict[str, str]:
    return {"X-Vapi-Secret": read("vapi")["secret"]}


def _retell(body: bytes) -> dict[str, str]:
    now = str(round(time.time() * 1000))
    return {"X-Retell-Signature": f"v={now},d={_hex(read('retell')['secret'], body + now.encode())}"}


def _elevenlabs(body: bytes) -> dict[str, str]:
    now = str(round(time.time()))
    mark = _hex(read("elevenlabs")["secret"], f"{now}.".encode() + body)
    return {"ElevenLabs-Signature": f"t={now},v0={mark}"}


def _twilio(body: bytes) -> dict[str, str]:
    pairs = sorted(set(parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1")))
    text = (PUBLIC_URL + door("twilio")).encode() + "".join(n + v for n, v in pairs).encode("latin-1")
    mark = hmac.digest(read("twilio")["secret"].encode(), text, hashlib.sha1)
    return {"X-Twilio-Signature": base64.b64encode(mark).decode()}


def _livekit(body: bytes) -> dict[str, str]:
    secret, now = read("livekit")["secret"], round(time.time())
    claims = {"iss": secret["api_key"], "nbf": now, "exp": now + 300}
    claims["sha256"] = base64.b64encode(hashlib.sha256(body).digest()).decode()
    text = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    mark = hmac.digest(secret["api_secret"].encode(), text.encode(), hashlib.sha256)
    return {"Authorization": f"{text}.{_bare(mark)}"}


def _part(value: Any) -> str:
    return _bare(json.dumps(value).encode())


def _bare(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


SIGNERS = {
    "vapi": _vapi,
    "retell": _retell,
    "twilio": _twilio,
    "elevenlabs": _elevenlabs,
    "livekit": _livekit,
}
