"""Argon2id, one at a time per process: a burst of sign-ins must not eat the memory of a small machine.

Whoever waits for that or is at it has stepped aside: check-ins go on meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from engage.core.admission import stepping_aside
from engage.core.errors import N_, DomainError
from engage.core.turns import Turns
from engage.people.rules import plain

#: OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, two passes, one lane
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_turn = Turns(1)
_PATIENCE = 10.0

#: nobody's password: checked when there is no account, so that both cases cost the same (trust W13)
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$w+MkoKZVzvbSGmVnUKdjPg$WHMMFzirhaGOOvsbuVamStWuhFZhvynNNiKvCqovi64"


class Busy(DomainError):
    """Too many people are signing in this very second."""

    status = 503


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with stepping_aside():
        if not _turn.take(patience=_PATIENCE):
            raise Busy(N_("这会儿登录的人多，请过几秒再点一次"))
        try:
            yield
        finally:
            _turn.give_back()


def hash_of(password: str) -> str:
    """Return the argon2id string to keep. Takes tens of milliseconds: never call it inside a transaction."""
    with _one_at_a_time():
        return _hasher.hash(plain(password))


def matches(kept: str | None, password: str) -> bool:
    """Tell whether this is the password; with nothing kept the same work is done and the answer is no."""
    with _one_at_a_time():
        try:
            return _hasher.verify(kept or NOBODY, plain(password)) and kept is not None
        except (Argon2Error, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Tell whether the string was made with other numbers than today's."""
    return _hasher.check_needs_rehash(kept)
