"""A small OpenID Connect provider on a real socket, which can also lie."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


class Provider:
    def __init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.signs_with = self.key
        self.algorithm, self.status = "RS256", 200
        self.claims: dict[str, Any] = {}
        self.challenge = ""
        self.tokens = 0

    def issue(self, issuer: str, client_id: str, fresh: str, **claims: Any) -> None:
        now = int(time.time())
        self.claims = {
            "iss": issuer, "aud": client_id, "sub": "7f3a", "iat": now, "exp": now + 60, "nonce": fresh,
            "preferred_username": "sso", "groups": ["team leads"],
        } | claims  # fmt: skip
        self.claims = {name: value for name, value in self.claims.items() if value is not None}

    def answer(self, path: str, body: dict[str, list[str]]) -> tuple[int, Any]:
        if path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return 200, {"keys": [public | {"kid": "1", "alg": "RS256", "use": "sig"}]}
        self.tokens += 1
        digest = hashlib.sha256(body["code_verifier"][0].encode()).digest()
        if base64.urlsafe_b64encode(digest).decode().rstrip("=") != self.challenge:
            return 400, {"error": "invalid_grant"}
        secret = self.signs_with if self.algorithm == "RS256" else "x" * 40
        token = jwt.encode(self.claims, secret, algorithm=self.algorithm, headers={"kid": "1"})
        return self.status, {"access_token": "a", "id_token": token, "token_type": "Bearer"}


@contextmanager
def serve(provider: Provider) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            status, said = provider.answer(self.path, parse_qs(self.rfile.read(length).decode()))
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
