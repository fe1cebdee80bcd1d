"""Phone cells as they really are."""

from __future__ import annotations

import pytest

from engage.roster.rules.findings import Unreadable
from engage.roster.rules.phones import Phone, phone_of
from engage.roster.rules.values import looks_like_an_id_number


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        ("13800138000 13900139000", Phone("13800138000", mobile=True, more=True)),
        ("13800138000\n13900139000", Phone("13800138000", mobile=True, more=True)),
        ("027-87654321/13800138000", Phone("13800138000", mobile=True, more=True)),
        ("13800138000(女儿13900139000)", Phone("13800138000", mobile=True, more=True, whose="女儿")),
        ("儿子13800138000", Phone("13800138000", mobile=True, whose="儿子")),
        ("027-87654321-8001", Phone("02787654321", mobile=False)),
        ("'13800138000", Phone("13800138000", mobile=True)),
        ("(+86)13800138000", Phone("13800138000", mobile=True)),
        ("电话:13800138000 微信同号", Phone("13800138000", mobile=True)),
    ],
)
def test_a_phone_is_found_in_what_people_write_around_it(cell: str, phone: Phone) -> None:
    assert phone_of(cell) == phone


@pytest.mark.parametrize("cell", ["+1 650 253 0000", "+852 9123 4567", "139001390O0", "l3800138000", "138oo138ooo"])
def test_a_number_of_another_country_or_with_letters_is_no_mobile(cell: str) -> None:
    with pytest.raises(Unreadable) as refused:
        phone_of(cell)
    assert refused.value.template == "phone is not a phone number"


def test_two_phones_in_a_cell_are_no_id_number_and_an_old_id_number_is_one() -> None:
    assert not looks_like_an_id_number("13800138000 13900139000")
    assert not looks_like_an_id_number("13800138000\n13900139000")
    for cell in ("420106580302123", 420106580302123, "'420106580302123", "420106195803021234 13800138000"):
        assert looks_like_an_id_number(cell), cell
