"""A small identity provider on 127.0.0.1, spoken to over HTTP, that can be made to misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

CLIENT_ID, CLIENT_SECRET = "valuecalc", "a-secret-that-both-know"
Claims = dict[str, Any]


@dataclass
class Provider:
    """Says what it is told to say; `change` alters the claims before they are signed."""

    algorithm: str = "RS256"
    port: int = 0
    person: Claims = field(default_factory=dict)
    change: Callable[[Claims], Claims] = lambda claims: claims
    unsigned: bool = False
    foreign_key: bool = False
    shared_secret: bool = False
    metadata: Claims = field(default_factory=dict)
    codes: dict[str, Claims] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.key = _key(self.algorithm)

    def begin_again(self, person: Claims) -> None:
        """Forget what it was told to say, and what it was asked, so that a test can begin."""
        vars(self).update(vars(Provider(self.algorithm, self.port, person)))

    @property
    def issuer(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def discovery(self) -> Claims:
        """What it says of itself."""
        endpoints = ("authorization", "token", "userinfo")
        return {
            "issuer": self.issuer,
            **{f"{name}_endpoint": f"{self.issuer}/{name}" for name in endpoints},
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": [self.algorithm, "none", "HS256"],
            "code_challenge_methods_supported": ["S256"],
            **self.metadata,
        }

    def authorize(self, address: str) -> str:
        """Let the person sign in there; the address that the browser is sent back to."""
        asked = {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        assert set(asked["scope"].split()) == {"openid", "email", "profile"}
        code = f"code{len(self.codes)}"
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?code={code}&state={asked['state']}"

    def token(self, form: Claims, authorization: str) -> tuple[int, Claims]:
        """The answer of the token endpoint."""
        user, _, secret = base64.b64decode(authorization.partition(" ")[2]).decode().partition(":")
        asked = self.codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).decode().rstrip("=")
        if (user, secret) != (CLIENT_ID, CLIENT_SECRET) or asked is None:
            return 401, {"error": "invalid_client"}
        if challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300}
        claims |= {"nonce": asked["nonce"], **self.person}
        token = self._signed(self.change(claims))
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": token}

    def _signed(self, claims: Claims) -> str:
        if self.unsigned:
            parts = ({"alg": "none"}, claims)
            plain = [base64.urlsafe_b64encode(json.dumps(part).encode()) for part in parts]
            return ".".join(part.decode().rstrip("=") for part in plain) + "."
        if self.shared_secret:
            secret = OctKey.import_key(CLIENT_SECRET)
            return jwt.encode({"alg": "HS256"}, claims, secret, algorithms=["HS256"])
        key = _new_key(self.algorithm) if self.foreign_key else self.key
        header = {"alg": self.algorithm, "kid": self.key.kid}
        return jwt.encode(header, claims, key, algorithms=[self.algorithm])


def _new_key(algorithm: str) -> Any:
    kind = ECKey.generate_key("P-256") if algorithm == "ES256" else None
    key = kind or RSAKey.generate_key(2048)
    key.ensure_kid()
    return key


_key = cache(_new_key)
"""The key of all that sign so: a new one takes longer than a test."""


@contextmanager
def running(provider: Provider) -> Iterator[Provider]:
    """The provider, answering until the end."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            provider.asked.append(self.path)
            answers: dict[str, Any] = {
                "/.well-known/openid-configuration": provider.discovery(),
                "/keys": KeySet([provider.key]).as_dict(private=False),
                "/userinfo": provider.person,
            }
            self._answer(200 if self.path in answers else 404, answers.get(self.path, {}))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: value[0] for name, value in parse_qs(body).items()}
            self._answer(*provider.token(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, document: Any) -> None:
            content = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler
