"""Identity-Aware Proxy in tests: a server of public keys on loopback, and what signs assertions."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from google.auth import crypt, jwt

from datacraft.access.signin.iap import ISSUER

AUDIENCE = "/projects/1/locations/us-east1/services/datacraft-app"


class KeyServer:
    """Serves public keys, as Google does, and counts how often it is asked."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}
        self.asked = 0
        self.fails = False
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                owner.asked += 1
                body = json.dumps(owner.keys).encode()
                self.send_response(500 if owner.fails else 200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/keys"


class Proxy:
    """Signs assertions with a key of its own."""

    def __init__(self, server: KeyServer, key_id: str = "k1", *, published: bool = True) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.key_id = key_id
        self.signer = crypt.ES256Signer(self.key, key_id)
        if published:
            server.keys[key_id] = self.public

    @property
    def public(self) -> str:
        return (
            self.key.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

    def sign(self, **claims: object) -> str:
        now = int(time.time())
        whole = {
            "iss": ISSUER, "aud": AUDIENCE, "iat": now - 5, "exp": now + 600, "sub": "1", "email": "Ada@Example.com",
        } | claims  # fmt: skip
        signed: bytes = jwt.encode(
            self.signer, {name: value for name, value in whole.items() if value is not None}
        )
        return signed.decode()
