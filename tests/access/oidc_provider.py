"""An OpenID Connect provider on loopback: discovery, keys, and a token endpoint that checks what it is given."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from google.auth import crypt, jwt

SECRET = "the-client's-secret"


class Provider:
    """Gives a code to whoever comes, and a token for it.

    Attributes:
        claims: what its tokens say besides what they must; None takes a claim away.
        names_keys: whether tokens say by which key they are signed.
    """

    def __init__(self) -> None:
        self.key = rsa.generate_private_key(65_537, 2_048)
        self.signer: crypt.base.Signer = crypt.RSASigner(self.key, "r1")
        self.keys = [rsa_jwk(self.key, "r1")]
        self.claims: dict[str, object] = {}
        self.names_keys = True
        self.issuer_told: str | None = None
        self.codes: dict[str, dict[str, str]] = {}
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = {
                    "/.well-known/openid-configuration": owner.discovery(),
                    "/jwks": {"keys": owner.keys},
                }
                self.reply(200 if self.path in found else 404, found.get(self.path, {}))

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body).items()}
                token = owner.token(form)
                self.reply(
                    200 if token else 400, {"id_token": token} if token else {"error": "invalid_grant"}
                )

            def reply(self, status: int, body: object) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"

    def discovery(self) -> dict[str, str]:
        return {
            "issuer": self.issuer_told or self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
        }

    def visit(self, address: str) -> tuple[str, str]:
        """Sign in as a person would; return the state and the code that the browser takes back."""
        wish = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert (wish["response_type"], wish["code_challenge_method"]) == ("code", "S256")
        assert "openid" in wish["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = wish
        return wish["state"], code

    def token(self, form: dict[str, str]) -> str | None:
        wish = self.codes.pop(form.get("code", ""), None)
        if wish is None or form.get("client_secret") != SECRET or form["client_id"] != wish["client_id"]:
            return None
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if wish["code_challenge"] != base64.urlsafe_b64encode(digest).decode().rstrip("="):
            return None
        if form["redirect_uri"] != wish["redirect_uri"] or form["grant_type"] != "authorization_code":
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": wish["client_id"], "iat": now, "exp": now + 300, "sub": "1",
            "nonce": wish["nonce"], "email": "Ada@Example.com", "email_verified": True,
        } | self.claims  # fmt: skip
        whole = {name: value for name, value in claims.items() if value is not None}
        header = None if self.names_keys else {"kid": ""}
        signed: bytes = jwt.encode(self.signer, whole, header=header, key_id="" if header else None)
        return signed.decode()


@contextmanager
def provider() -> Iterator[Provider]:
    """Run a provider."""
    started = Provider()
    threading.Thread(target=started.server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield started
    finally:
        started.server.shutdown()
        started.server.server_close()


def rsa_jwk(key: rsa.RSAPrivateKey, key_id: str) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "use": "sig", "kid": key_id, "n": number(numbers.n), "e": number(numbers.e)}


def ec_jwk(key: ec.EllipticCurvePrivateKey, key_id: str) -> dict[str, str]:
    numbers = key.public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "kid": key_id, "x": number(numbers.x), "y": number(numbers.y)}


def number(value: int) -> str:
    data = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
