"""Passwords of a test cost next to nothing to hash; the tests of hashing itself ask for the real numbers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from engage.people import passwords

#: as little work as Argon2 allows; nobody attacks the passwords of a test
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_REAL = {name: getattr(passwords, name) for name in ("_hasher", "NOBODY")}


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hash passwords at no cost worth mentioning: hundreds of tests sign somebody in by password."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", _CHEAP)
        patch.setattr(passwords, "NOBODY", _CHEAP.hash("nobody knows it"))
        yield


@pytest.fixture
def real_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords with the numbers an installation uses."""
    for name, real in _REAL.items():
        monkeypatch.setattr(passwords, name, real)
