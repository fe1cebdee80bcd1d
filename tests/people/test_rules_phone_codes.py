"""The code on a phone: live for this half-minute and the one before; nothing else is ours (trust K1, K3)."""

from __future__ import annotations

import base64
import hashlib
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.people import phone_codes
from engage.people.phone_codes import is_live, step_of

AT = datetime(2026, 6, 12, 12, 0, tzinfo=UTC)


def prove(person_id: int, step: int) -> str:
    """A proof as long as the real one."""
    digest = hashlib.sha256(f"{person_id}|{step}".encode()).digest()
    return base64.b32encode(digest[:10]).decode()


@given(person_id=st.integers(0, 2**31 - 1), step=st.integers(0, 2**32 - 1))
def test_a_code_says_whose_and_when_and_is_proven(person_id: int, step: int) -> None:
    code = phone_codes.written(person_id=person_id, step=step, prove=prove)
    assert len(code) == phone_codes.LETTERS
    claim = phone_codes.claim_in(code)
    assert claim is not None
    assert (claim.person_id, claim.step) == (person_id, step)
    assert phone_codes.is_proven(claim, prove=prove)


@pytest.mark.parametrize(
    ("seconds", "live"),
    [(-1, False), (0, True), (9, True), (29, True), (30, True), (59, True), (60, False), (300, False)],
)
def test_k1_replayed_later_it_counts_only_inside_the_window(*, seconds: int, live: bool) -> None:
    assert is_live(step_of(AT), now=AT + timedelta(seconds=seconds)) is live


def test_k3_no_letter_can_be_changed() -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    code = phone_codes.written(person_id=387, step=step_of(AT), prove=prove)
    for place in range(len(code)):
        for letter in letters.replace(code[place], ""):
            claim = phone_codes.claim_in(code[:place] + letter + code[place + 1 :])
            assert claim is None or not phone_codes.is_proven(claim, prove=prove)


def test_k3_random_codes_are_nobodys() -> None:
    letters, chance = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", random.Random(20260612)  # noqa: S311 - a drawn lot
    for _draw in range(2000):
        claim = phone_codes.claim_in("".join(chance.choices(letters, k=phone_codes.LETTERS)))
        assert claim is None or not phone_codes.is_proven(claim, prove=prove)


@pytest.mark.parametrize("nonsense", ["", "0387", "A" * 35, "A" * 37, "1" * 36, "é" * 36, "=" * 36, "a" * 36])
def test_nonsense_claims_nothing(nonsense: str) -> None:
    assert phone_codes.claim_in(nonsense) is None
