"""What a password, a one-time code and an account name must be like. Pure: no web, no database, no clock."""

from __future__ import annotations

import re
import unicodedata

from engage.core.errors import N_, DomainError

#: no 0/O, no 1/I/L: what people misread on paper
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
PASSWORD_AT_LEAST = 8
PASSWORD_AT_MOST = 128

#: the 100 most common ones that are long enough to pass the first rule, as used here and elsewhere
COMMON_PASSWORDS = frozenset(
    [
        "12345678",
        "123456789",
        "1234567890",
        "0123456789",
        "87654321",
        "987654321",
        "9876543210",
        "11111111",
        "111111111",
        "1111111111",
        "00000000",
        "000000000",
        "22222222",
        "33333333",
        "44444444",
        "55555555",
        "66666666",
        "666666666",
        "77777777",
        "88888888",
        "888888888",
        "99999999",
        "999999999",
        "12341234",
        "11112222",
        "11223344",
        "12121212",
        "12312312",
        "123123123",
        "123321123",
        "13145200",
        "13141314",
        "52013140",
        "52013145",
        "5201314520",
        "1314520520",
        "20082008",
        "19491001",
        "10101010",
        "01010101",
        "31415926",
        "14725836",
        "147258369",
        "159357456",
        "15935728",
        "789456123",
        "456789123",
        "321321321",
        "147852369",
        "963852741",
        "password",
        "password1",
        "password12",
        "password123",
        "passw0rd",
        "p@ssw0rd",
        "p@ssword",
        "pass1234",
        "iloveyou",
        "iloveyou1",
        "qwertyui",
        "qwertyuiop",
        "qwerty12",
        "qwerty123",
        "qwer1234",
        "1qaz2wsx",
        "1q2w3e4r",
        "1q2w3e4r5t",
        "qazwsxedc",
        "zaq12wsx",
        "asdfghjk",
        "asdfghjkl",
        "asdf1234",
        "zxcvbnm1",
        "zxcvbnm123",
        "a1234567",
        "a12345678",
        "a123456789",
        "aa123456",
        "aa12345678",
        "abc12345",
        "abcd1234",
        "abc123456",
        "abcdefgh",
        "aaaaaaaa",
        "1234abcd",
        "1234qwer",
        "123456aa",
        "123456abc",
        "12345678a",
        "123456789a",
        "woaini1314",
        "woaini520",
        "woaini123",
        "admin123",
        "admin888",
        "adminadmin",
        "welcome1",
        "sunshine",
        "football",
    ]
)


class WeakPassword(DomainError):
    """A password others would guess first."""


class BadCode(DomainError):
    """A one-time code that cannot be one: wrong length or letters, used, too old or replaced."""


def plain(text: str) -> str:
    """Return text as it was meant: full-width digits and letters become plain ones (Chinese keyboards send both)."""
    return unicodedata.normalize("NFKC", text)


def ensure_password(password: str, *, phone: str | None) -> None:
    """Refuse short, common or own-number passwords (NIST SP 800-63B: length and a list, no recipes).

    Raises `WeakPassword` for the field "password".
    """
    chosen = plain(password)
    if len(chosen) < PASSWORD_AT_LEAST:
        raise WeakPassword(
            N_("密码至少要%(least)s个字，您写了%(count)s个"),
            field="password",
            least=PASSWORD_AT_LEAST,
            count=len(chosen),
        )
    if len(chosen) > PASSWORD_AT_MOST:
        raise WeakPassword(N_("密码太长了，%(most)s个字以内就好"), field="password", most=PASSWORD_AT_MOST)
    if chosen.lower() in COMMON_PASSWORDS or len(set(chosen)) == 1:
        raise WeakPassword(N_("这个密码太多人用，别人一猜就中。换一个，比如四样您爱吃的菜"), field="password")
    if phone and phone in chosen:
        raise WeakPassword(N_("手机号别人也知道，不能当密码。换一个"), field="password")


def normalised_code(text: str) -> str:
    """Return the eight letters of a code as typed by a person. Raises `BadCode` for the field "code"."""
    code = re.sub(r"[\s\-_.·]", "", plain(text)).upper()
    if len(code) != CODE_LENGTH:
        raise BadCode(N_("激活码是%(length)s位，您写了%(count)s位"), field="code", length=CODE_LENGTH, count=len(code))
    if any(letter not in CODE_LETTERS for letter in code):
        raise BadCode(N_("激活码里没有0、1和字母I、L、O，请对着纸条再看一眼"), field="code")
    return code


def code_from(number: int) -> str:
    """Return a code of `CODE_LENGTH` letters for a large random number."""
    letters = []
    for _ in range(CODE_LENGTH):
        number, index = divmod(number, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[index])
    return "".join(letters)


def account_digits(text: str) -> str:
    """Return the digits of a phone or member number as typed, without +86."""
    digits = re.sub(r"\D", "", plain(text))
    return digits.removeprefix("86") if len(digits) == 13 else digits


def device_label(user_agent: str) -> str:
    """Return how a person recognises a browser: the thing and the program, from the browser's own words."""
    things = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"))
    programs = (
        ("MicroMessenger", "WeChat"),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    )
    found = [next((label for mark, label in marks if mark in user_agent), "") for marks in (things, programs)]
    return " · ".join(filter(None, found)) or "?"


def pseudonym(member_no: int) -> str:
    """Return what stays of a name after the account was closed: the same word in every language, as it is stored."""
    return f"已注销{member_no:04d}"
