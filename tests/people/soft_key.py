"""A phone's lock made of software: makes and uses passkeys as a browser would, and can be told to cheat."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

_PRESENT, _VERIFIED, _WITH_KEY = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@dataclass(kw_only=True)
class SoftKey:
    """One passkey in one phone."""

    origin: str = "http://localhost"
    host: str = "localhost"
    verified: bool = True
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    #: many phones always say 0; others count, which gives a copied key away
    counting: bool = False
    count: int = 0
    _key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def _data(self, *, with_key: bool) -> bytes:
        self.count += self.counting
        flags = _PRESENT | (_VERIFIED if self.verified else 0) | (_WITH_KEY if with_key else 0)
        head = hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)
        if not with_key:
            return head
        numbers = self._key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)}
        return head + bytes(16) + len(self.id).to_bytes(2) + self.id + cbor2.dumps(public)

    def make(self, options: str) -> str:
        """Answer `ask_to_register`."""
        client = self._client("webauthn.create", json.loads(options)["challenge"])
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": self._data(with_key=True)})
        return self._told({"clientDataJSON": text(client), "attestationObject": text(made)})

    def use(self, options: str) -> str:
        """Answer `ask_to_sign`."""
        client = self._client("webauthn.get", json.loads(options)["challenge"])
        data = self._data(with_key=False)
        signature = self._key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._told(
            {"clientDataJSON": text(client), "authenticatorData": text(data), "signature": text(signature)}
        )

    def _told(self, response: dict[str, Any]) -> str:
        return json.dumps({"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response})
