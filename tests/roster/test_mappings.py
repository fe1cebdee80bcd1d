"""A template that was mapped once is mapped the same way the next time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engage.core import tenancy
from engage.core.database import db
from engage.roster import queries
from engage.roster.commands import choose_columns, stage
from engage.roster.models import RosterMapping
from engage.roster.rules import Field
from tests.conftest import World
from tests.make import NOW
from tests.roster.importing import staged
from tests.roster.make_workbooks import make_xlsx

#: headings nobody could guess: who is called what stands below "甲", the phone below "乙"
ODD: list[list[Any]] = [["甲", "乙", "房号"], ["吴明宇", "13311226483", "101"], ["贾梓山", "18930699075", "102"]]
CHOICE = {0: Field.NAME, 1: Field.PHONE, 2: Field.ROOM}


def names_in(batch_id: int) -> list[str]:
    return [person.name for person in queries.reading_of(queries.get_batch(batch_id, now=NOW), now=NOW).people]


def test_the_next_upload_of_the_same_template_needs_no_choosing(world: World) -> None:
    first = staged(world, make_xlsx({"六月": ODD}))
    assert names_in(first) == []
    choose_columns(batch_id=first, sheet="六月", fields=CHOICE, now=NOW)
    assert names_in(first) == ["吴明宇", "贾梓山"]
    again = staged(world, make_xlsx({"七月": [["标题"], [], *ODD[:1], ["黄静淑", "13389014327", "103"]]}))
    assert names_in(again) == ["黄静淑"]


def test_other_headings_are_guessed_as_before(world: World) -> None:
    choose_columns(batch_id=staged(world, make_xlsx({"六月": ODD})), sheet="六月", fields=CHOICE, now=NOW)
    other = [["乙", "甲", "房号"], ["13311226483", "吴明宇", "101"]]
    assert queries.contents_of(queries.get_batch(staged(world, make_xlsx({"六月": other})), now=NOW)).chosen == {}


def test_the_last_choice_counts_and_is_kept_once(world: World) -> None:
    batch_id = staged(world, make_xlsx({"六月": ODD}))
    choose_columns(batch_id=batch_id, sheet="六月", fields=CHOICE, now=NOW)
    choose_columns(batch_id=batch_id, sheet="六月", fields=CHOICE | {1: Field.IGNORED}, now=NOW)
    batch = queries.get_batch(staged(world, make_xlsx({"六月": ODD})), now=NOW)
    assert queries.contents_of(batch).chosen == {"六月": CHOICE | {1: Field.IGNORED}}
    assert len(db.session.scalars(select(RosterMapping)).all()) == 1


def test_a_neighbouring_community_maps_for_itself(world: World) -> None:
    choose_columns(batch_id=staged(world, make_xlsx({"六月": ODD})), sheet="六月", fields=CHOICE, now=NOW)
    with tenancy.scoped(world.liyuan.id):
        content = make_xlsx({"六月": ODD})
        batch_id = stage(content=content, filename="a.xlsx", actor=world.outsider, now=NOW)
        assert queries.contents_of(queries.get_batch(batch_id, now=NOW)).chosen == {}
