"""Passwords, codes and account names, without web or database."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.people.rules import (
    CODE_LENGTH,
    CODE_LETTERS,
    COMMON_PASSWORDS,
    BadCode,
    WeakPassword,
    account_digits,
    code_from,
    device_label,
    ensure_password,
    normalised_code,
)


def test_there_are_a_hundred_common_passwords_and_all_would_pass_the_length() -> None:
    assert len(COMMON_PASSWORDS) >= 100
    assert all(len(password) >= 8 for password in COMMON_PASSWORDS)


@pytest.mark.parametrize(
    "password", ["1234567", "七个汉字的密码", "12345678", "１２３４５６７８", "Password1", "aaaaaaaaa", "x" * 129]
)
def test_a_password_others_would_guess_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        ensure_password(password, phone=None)


def test_ones_own_phone_number_is_no_password() -> None:
    with pytest.raises(WeakPassword):
        ensure_password("13800000621a", phone="13800000621")
    ensure_password("13800000621a", phone="13900000000")


@pytest.mark.parametrize("password", ["四菜一汤加米饭", "correct horse", "9x7!kk2p", "我家门口有棵桂花树"])
def test_a_sentence_is_a_password_without_further_recipes(password: str) -> None:
    if len(password) >= 8:
        ensure_password(password, phone="13800000621")


@given(st.integers(min_value=0, max_value=2**256 - 1))
def test_every_code_can_be_read_back_however_it_is_typed(number: int) -> None:
    code = code_from(number)
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(CODE_LETTERS)
    assert normalised_code(f" {code[:4].lower()} - {code[4:]} ") == code


def test_the_alphabet_has_31_letters_that_nobody_misreads() -> None:
    assert len(set(CODE_LETTERS)) == len(CODE_LETTERS) == 31
    assert not set(CODE_LETTERS) & set("01OIL")


@pytest.mark.parametrize("text", ["", "ABCD234", "ABCD23456", "ABCD0234", "ABCDO234", "ABCD<234", "汉字汉字汉字汉字"])
def test_a_code_that_cannot_be_one_is_refused(text: str) -> None:
    with pytest.raises(BadCode):
        normalised_code(text)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("138 0000-0621", "13800000621"),
        ("+86 13800000621", "13800000621"),
        ("１３８０００００６２１", "13800000621"),
        ("0387", "0387"),
        ("周桂芳", ""),
    ],
)
def test_an_account_is_read_as_people_write_it(text: str, digits: str) -> None:
    assert account_digits(text) == digits


def test_a_device_is_named_after_the_thing_and_the_program() -> None:
    wechat = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Safari/604 MicroMessenger/8.0"
    assert device_label(wechat) == "iPhone · WeChat"
    assert device_label("") == "?"
