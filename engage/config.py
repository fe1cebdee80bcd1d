"""Settings, read once from the environment. Every name here is documented in docs/how-to/settings.md."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator may decide. Times are UTC, sizes are bytes."""

    data_dir: Path
    database_url: str
    secret_key: bytes
    base_url: str | None
    trusted_hosts: tuple[str, ...]
    proxies: int
    secure_cookies: bool
    upload_limit: int
    #: PostgreSQL only: as whom migrations and backups connect; None where the application owns its tables
    owner_database_url: str | None = None

    @classmethod
    def from_environment(cls) -> Settings:
        """Read `ENGAGE_*` and `DATABASE_URL`; make the data folder and the secret key on the first start."""
        data_dir = Path(os.environ.get("ENGAGE_DATA_DIR", PROJECT / "var"))
        data_dir.mkdir(parents=True, exist_ok=True)
        return cls(
            data_dir=data_dir,
            database_url=normalised_url(os.environ.get("DATABASE_URL") or f"sqlite:///{data_dir / 'engage.sqlite'}"),
            secret_key=_secret_key(data_dir),
            base_url=os.environ.get("ENGAGE_BASE_URL") or None,
            trusted_hosts=tuple(filter(None, os.environ.get("ENGAGE_TRUSTED_HOSTS", "").split(","))),
            proxies=int(os.environ.get("ENGAGE_PROXIES", "0")),
            secure_cookies=os.environ.get("ENGAGE_SECURE_COOKIES", "0") == "1",
            owner_database_url=normalised_url(os.environ.get("ENGAGE_OWNER_DATABASE_URL", "")) or None,
            upload_limit=int(os.environ.get("ENGAGE_UPLOAD_LIMIT", str(12 * 1024 * 1024))),
        )


def normalised_url(url: str) -> str:
    """Name the psycopg 3 driver outright: plain `postgresql://` means another driver to older SQLAlchemy."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _secret_key(data_dir: Path) -> bytes:
    """Return the master key, made once with mode 0600 and kept outside the database and its backups."""
    if given := os.environ.get("ENGAGE_SECRET_KEY"):
        return given.encode()
    path = data_dir / "secret.key"
    try:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        key = secrets.token_hex(32).encode()
        file.write(key)
    return key
