"""The file a backup is kept in: sealed, signed, and refused when one bit is wrong (trust D16, D17).

Layout: a first line that names the format, the manifest as one line of JSON, its signature, then the content,
compressed and encrypted piece by piece. The keys are derived from the installation's master key, which is never inside.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from engage.core.errors import N_, DomainError
from engage.core.sealed import derived_key

MAGIC = b"ENGAGE BACKUP 1\n"
_PIECE = 1024 * 1024
_LONGEST_MANIFEST = 4 * 1024 * 1024


class BackupRefused(DomainError):
    """This file cannot be trusted or does not belong here; the sentence says which and what to do."""


def pack(source: Path, target: Path, *, facts: dict[str, Any]) -> dict[str, Any]:
    """Write `source` into a sealed file at `target`; return the manifest: the facts, hashes and sizes."""
    body = target.with_name(target.name + ".body")
    try:
        with source.open("rb") as plain, body.open("wb") as sealed:
            measured = _seal_stream(plain, sealed)
        manifest = {**facts, **measured, "key": key_name()}
        line = json.dumps(manifest, ensure_ascii=False, sort_keys=True).encode() + b"\n"
        draft = target.with_name(target.name + ".part")
        with draft.open("wb") as file, body.open("rb") as sealed:
            file.write(MAGIC + line + _signature(line) + b"\n")
            while piece := sealed.read(_PIECE):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o600)
        draft.replace(target)  # the name appears only when the file is whole
    finally:
        body.unlink(missing_ok=True)
    return manifest


def read_manifest(path: Path) -> dict[str, Any]:
    """Return the manifest after checking its signature. Raises `BackupRefused`."""
    with path.open("rb") as file:
        return _read_head(file)


def unpack(path: Path, target: Path) -> dict[str, Any]:
    """Open a sealed file into `target`, checking every byte; return the manifest. Raises `BackupRefused`."""
    with path.open("rb") as file:
        manifest = _read_head(file)
        if _rest_of(file, path) != manifest["sealed_bytes"]:
            raise BackupRefused(N_("这份备份长度不对，像是没拷完或被截断。请从另一份拷贝恢复。"))
        whole = hashlib.sha256()
        with target.open("wb") as plain:
            for piece in _open_stream(file):
                whole.update(piece)
                plain.write(piece)
    if whole.hexdigest() != manifest["sha256"]:
        raise BackupRefused(N_("这份备份的内容对不上它的校验码。请从另一份拷贝恢复。"))
    return manifest


def key_name() -> str:
    """Return a short name of the master key: tells two keys apart, says nothing about them."""
    return derived_key("backup key name").hex()[:12]


def _signature(line: bytes) -> bytes:
    return hmac.new(derived_key("backup manifest"), MAGIC + line, hashlib.sha256).hexdigest().encode()


def _read_head(file: BinaryIO) -> dict[str, Any]:
    if file.readline(len(MAGIC)) != MAGIC:
        raise BackupRefused(N_("这不是Engage的备份文件，或者开头已经损坏。"))
    line, signature = file.readline(_LONGEST_MANIFEST), file.readline(65)
    if hmac.compare_digest(_signature(line) + b"\n", signature):
        return dict(json.loads(line))
    if _claimed_key(line) not in {None, key_name()}:
        raise BackupRefused(N_("这份备份是用另一把密钥做的。先把当时的secret.key放回数据目录，再恢复。"))
    raise BackupRefused(N_("这份备份的清单被改过或损坏了。请从另一份拷贝恢复。"))


def _claimed_key(line: bytes) -> str | None:
    """Return the key a manifest says it was made with, without trusting it."""
    try:
        return str(json.loads(line)["key"])
    except (ValueError, KeyError, TypeError):
        return None


def _rest_of(file: BinaryIO, path: Path) -> int:
    return path.stat().st_size - file.tell()


def _seal_stream(plain: BinaryIO, sealed: BinaryIO) -> dict[str, Any]:
    """Compress and encrypt; each piece is bound to its number, and the last one says so, so that none can be left out."""
    cipher, squeeze, whole = AESGCM(derived_key("backup content")), zlib.compressobj(6), hashlib.sha256()
    size, number, pending = 0, 0, b""
    while piece := plain.read(_PIECE):
        whole.update(piece)
        size += len(piece)
        pending += squeeze.compress(piece)
        if len(pending) >= _PIECE:
            _write_piece(sealed, cipher, number, pending, last=False)
            number, pending = number + 1, b""
    _write_piece(sealed, cipher, number, pending + squeeze.flush(), last=True)
    return {"sha256": whole.hexdigest(), "bytes": size, "sealed_bytes": sealed.tell()}


def _write_piece(sealed: BinaryIO, cipher: AESGCM, number: int, piece: bytes, *, last: bool) -> None:
    nonce = os.urandom(12)
    secret = cipher.encrypt(nonce, piece, struct.pack(">Q?", number, last))
    sealed.write(struct.pack(">I?", len(secret), last) + nonce + secret)


def _open_stream(file: BinaryIO) -> Iterator[bytes]:
    cipher, swell, number, last = AESGCM(derived_key("backup content")), zlib.decompressobj(), 0, False
    while not last:
        head = file.read(17)
        try:
            length, last = struct.unpack(">I?", head[:5])
            yield swell.decompress(cipher.decrypt(head[5:], file.read(length), struct.pack(">Q?", number, last)))
        except (struct.error, ValueError, InvalidTag, zlib.error, OverflowError):
            raise BackupRefused(
                N_("这份备份的第%(number)s段损坏了，打不开。请从另一份拷贝恢复。"), number=number + 1
            ) from None
        number += 1
    if file.read(1):
        raise BackupRefused(N_("这份备份后面多出了东西，被改过。请从另一份拷贝恢复。"))
