"""Personal text at rest: sealed with a key outside the database, found again by a blind index (trust §3 (h))."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

_NONCE = 12


def derived_key(purpose: str) -> bytes:
    """Return a 32-byte key for one purpose, derived from the master key."""
    master: bytes = current_app.extensions["engage_settings"].secret_key
    return hmac.new(master, f"engage:{purpose}".encode(), hashlib.sha256).digest()


def seal(text: str, *, place: str) -> bytes:
    """Encrypt text bound to its place ("person.phone|7"): moved to another row it does not open."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(derived_key("seal")).encrypt(nonce, text.encode(), place.encode())


def unseal(sealed: bytes, *, place: str) -> str:
    """Decrypt what `seal` made for the same place. Raises `cryptography.exceptions.InvalidTag` otherwise."""
    return AESGCM(derived_key("seal")).decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode()).decode()


def blind_index(text: str, *, community_id: int) -> str:
    """Return a keyed hash to look a value up by, different in every community."""
    key = derived_key(f"blind:{community_id}")
    return base64.b32encode(hmac.new(key, text.encode(), hashlib.sha256).digest()[:10]).decode()


def derived_token(purpose: str, *parts: object) -> str:
    """Return an 80-bit token in 16 base32 letters that can be printed again without being stored."""
    message = "|".join(map(str, parts)).encode()
    return base64.b32encode(hmac.new(derived_key(purpose), message, hashlib.sha256).digest()[:10]).decode()
