"""A small town directory that speaks OpenID Connect: real HTTP, PKCE, and tokens signed with a real key."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT, SECRET = "keywright", "a secret between the two"


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _number(value: int) -> str:
    return _b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@dataclass
class TownDirectory:
    """Who is signed in there, what it tells of that person, and how it may misbehave."""

    url: str = ""
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "4711", "preferred_username": "maria"})
    claims: dict[str, Any] = field(default_factory=dict)  #: what its tokens say otherwise than they should
    userinfo: dict[str, Any] = field(default_factory=dict)
    issuer: str = ""  #: how it calls itself, if otherwise than it should
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    signs_with: rsa.RSAPrivateKey | None = None  #: another key than it publishes
    algorithm: str = "RS256"
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    down: bool = False

    def configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer or self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        public = self.key.public_key().public_numbers()
        key = {"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256"}
        return {"keys": [{**key, "n": _number(public.n), "e": _number(public.e)}]}

    def token(self) -> str:
        seconds = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": seconds, "exp": seconds + 300, **self.person, **self.claims}
        head = _b64(json.dumps({"alg": self.algorithm, "kid": "one", "typ": "JWT"}).encode())
        body = f"{head}.{_b64(json.dumps(claims).encode())}"
        if self.algorithm == "none":
            return f"{body}."
        signed = (self.signs_with or self.key).sign(body.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{body}.{_b64(signed)}"

    def authorize(self, query: dict[str, str]) -> str:
        """Let the person in who is signed in; return where the browser goes with the code."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def exchange(self, sent: dict[str, str]) -> dict[str, Any] | None:
        """Return tokens for a code, once, to who can prove to have asked for it."""
        request = self.codes.pop(sent.get("code", ""), None)
        proof = _b64(hashlib.sha256(sent.get("code_verifier", "").encode()).digest())
        known = (sent.get("client_id"), sent.get("client_secret")) == (CLIENT, SECRET)
        if request is None or not known or request.get("code_challenge") != proof:
            return None
        return {"access_token": "for-userinfo", "token_type": "Bearer", "expires_in": 300, "id_token": self.token()}


@contextmanager
def running() -> Iterator[TownDirectory]:
    """Run a directory on a port of this machine while the context lasts."""
    town = TownDirectory()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            match parts.path:
                case _ if town.down:
                    self._tell(503, {"error": "down"})
                case "/.well-known/openid-configuration":
                    self._tell(200, town.configuration())
                case "/keys":
                    self._tell(200, town.keys())
                case "/userinfo" if self.headers["Authorization"] == "Bearer for-userinfo":
                    self._tell(200, {**town.person, **town.userinfo})
                case "/authorize" if query["client_id"] == CLIENT and query["code_challenge_method"] == "S256":
                    self.send_response(302)
                    self.send_header("Location", town.authorize(query))
                    self.end_headers()
                case _:
                    self._tell(404, {})

        def do_POST(self) -> None:
            sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            tokens = town.exchange({name: values[0] for name, values in sent.items()})
            self._tell(200 if tokens else 400, tokens or {"error": "invalid_grant"})

        def _tell(self, status: int, payload: dict[str, Any]) -> None:
            body = json.dumps(payload).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Print nothing: a test says what it saw."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    town.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield town
    finally:
        server.shutdown()
        server.server_close()
