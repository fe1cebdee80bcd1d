"""What a row would change, whom it may be about, and what was decided: pure rules."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage.core.errors import DomainError
from engage.roster.rules import ACTS, Choice, Fact, Known, Said, Traits, changes, match, row_key, suspects


def traits(name: str, phone: str | None = None, unit: int | None = None, born: int | None = None) -> Traits:
    return Traits(name=name, phone=phone, unit=unit, birth_year=born)


def asked(person: Traits, *roll: Traits) -> list[int]:
    numbered = list(enumerate(roll, start=1))
    return suspects([person], numbered, match([person], numbered)).get(0, [])


def test_what_the_roll_lacks_is_added_and_what_differs_is_old_and_new() -> None:
    said = Said(
        phone="138****0001", phones=frozenset({"K"}), home="1栋101", grid="第1网格", birth_year=1960, teams=("红马甲",)
    )
    assert [(c.fact, c.adds) for c in changes(said, Known())] == [
        (Fact.PHONE, True), (Fact.HOME, True), (Fact.GRID, True), (Fact.BIRTH, True), (Fact.TEAM, True),
    ]  # fmt: skip
    known = Known(phone="尾号9999", phone_key="L", home="2栋202", grid="第2网格", birth_year=1961, teams={"红马甲"})
    found = changes(said, known)
    assert [(c.fact, c.old, c.new) for c in found] == [
        (Fact.PHONE, "尾号9999", "138****0001"),
        (Fact.HOME, "2栋202", "1栋101"),
        (Fact.GRID, "第2网格", "第1网格"),
        (Fact.BIRTH, "1961", "1960"),
    ]
    assert not any(change.adds for change in found)


def test_a_silent_row_changes_nothing() -> None:
    assert changes(Said(), Known(phone="尾号1", phone_key="K", home="1栋101", birth_year=1960, volunteer=True)) == []


def test_small_print_of_the_facts() -> None:
    assert changes(Said(volunteer=True), Known(volunteer=True)) == []
    assert [c.fact for c in changes(Said(volunteer=True), Known())] == [Fact.VOLUNTEER]
    # a second home of theirs is no move
    assert changes(Said(home="2栋202"), Known(home="1栋101", doors={"1栋101", "2栋202"})) == []
    assert [c.fact for c in changes(Said(home="1栋101", doors=("2栋202",)), Known(home="1栋101"))] == [Fact.DOOR]
    # a landline is no better than the mobile that is there
    assert (
        changes(Said(phone="027", phones=frozenset({"K"}), is_landline=True), Known(phone="尾号1", phone_key="L")) == []
    )
    # an age tells the year of birth to within a year
    assert changes(Said(birth_year=1960, is_exact_year=False), Known(birth_year=1961)) == []
    assert len(changes(Said(birth_year=1960, is_exact_year=False), Known(birth_year=1962))) == 1


@pytest.mark.parametrize(
    ("row", "on_roll"),
    [
        (traits("王五", phone="A"), traits("王五")),  # nothing on the roll to tell them apart by
        (traits("王五", phone="A", unit=7), traits("王五", phone="B", unit=7)),  # one door, another phone
        (traits("王五", phone="A", unit=7, born=1960), traits("王五", phone="B", unit=8, born=1960)),
        (traits("王小明", phone="A"), traits("王晓明", phone="A")),  # spelt otherwise
        (traits("王小明", unit=7, born=1960), traits("王晓明", unit=7, born=1960)),
    ],
)
def test_somebody_who_may_be_on_the_roll_is_asked_about(row: Traits, on_roll: Traits) -> None:
    assert asked(row, on_roll) == [1]


@pytest.mark.parametrize(
    ("row", "on_roll"),
    [
        (traits("王五", phone="A", unit=7), traits("王五", phone="B", unit=8)),  # a namesake
        (traits("王五", phone="A", born=1960), traits("王五", born=1990)),
        (traits("张伟", phone="A", unit=7), traits("张敏", phone="B", unit=7)),  # brother and sister
        (traits("张子轩", phone="A", unit=7, born=2015), traits("张子涵", phone="A", unit=7, born=2018)),
        (traits("李桂芳", phone="A", unit=7), traits("王建国", phone="A", unit=7)),  # husband and wife, one phone
        (traits("王五", phone="A"), traits("王五", phone="A")),  # no doubt at all
    ],
)
def test_others_are_not(row: Traits, on_roll: Traits) -> None:
    assert asked(row, on_roll) == []


def test_who_was_matched_by_another_row_is_nobodys_suspect() -> None:
    rows = [traits("王晓明", phone="A", unit=7), traits("王小明", phone="A", unit=7)]
    roll = [(1, traits("王晓明", phone="A", unit=7))]
    assert suspects(rows, roll, match(rows, roll)) == {}


@given(st.booleans(), st.booleans(), st.none() | st.integers(1, 2**31 - 1), st.booleans())
def test_a_choice_is_read_as_it_was_written(leave: bool, other: bool, same_as: int | None, replace: bool) -> None:  # noqa: FBT001
    choice = Choice(leave=leave, other=other, same_as=same_as, replace=replace)
    assert Choice.parse(str(choice)) == choice


@given(st.text(max_size=40))
def test_any_text_is_some_choice(text: str) -> None:
    assert Choice.parse(text) == Choice.parse(str(Choice.parse(text)))


def test_a_row_is_only_said_to_be_somebody_suspected() -> None:
    assert Choice().after("same", same_as=5, candidates=[5]).same_as == 5
    for same_as in (None, 6):
        with pytest.raises(DomainError):
            Choice().after("same", same_as=same_as, candidates=[5])


def test_every_act_can_be_taken_back() -> None:
    assert set(ACTS) == {"leave", "take", "other", "same", "ask", "replace", "keep"}
    for act, back in (("leave", "take"), ("other", "ask"), ("replace", "keep")):
        assert Choice().after(act).after(back) == Choice()
    assert Choice().after("same", same_as=5, candidates=[5]).after("ask") == Choice()
    assert Choice(same_as=5).after("other") == Choice(other=True)
    assert row_key("名|单", 7) == "7|名|单"
