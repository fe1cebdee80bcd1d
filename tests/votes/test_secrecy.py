"""What the tables keep of a secret vote: talks §5.4 properties 12 and 14, trust §0.4."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.schema import CreateTable

from engage import votes
from engage.core.access import Actor
from engage.core.database import Base, db, transaction
from engage.core.errors import NotFound
from engage.votes.models import Ballot, Entitlement, ReceiptCode
from tests.conftest import World
from tests.make import NOW
from tests.votes.make_votes import cast, make_households, make_vote, unit_of

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def voters(world: World) -> list[Actor]:
    return make_households(world.donghu, 12)


def values_of(table: str) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in db.session.execute(text(f"SELECT * FROM {table}"))]


#: short numbers and words that both sides may hold without telling anything
_COMMON = {"community_id", "vote_id"}


def _kept(row: dict[str, Any]) -> set[str]:
    return {str(value) for column, value in row.items() if column not in _COMMON and value is not None}


def test_property_12_roll_side_and_ballot_side_share_no_value(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters, options=["西门", "东门", "南门"])
    tokens = [votes.form_token(vote_id=vote_id, unit_id=unit_of(voter)) for voter in voters[:9]]
    codes = [cast(vote_id, voter, n % 3, token=tokens[n]) for n, voter in enumerate(voters[:9])]
    votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=LATER)
    assert votes.card(vote_id, now=LATER + timedelta(minutes=1)).outcome
    ballots, receipts = values_of("ballot"), values_of("receipt_code")
    assert set(ballots[0]) == {"community_id", "vote_id", "id", "marks"}
    assert set(receipts[0]) == {"community_id", "vote_id", "code"}
    assert set(values_of("entitlement")[0]) == {
        "id", "community_id", "vote_id", "unit_id", "used", "channel", "token_hash",
    }  # fmt: skip
    telling = set().union(*(_kept(row) for row in (*ballots, *receipts)))
    for table in Base.metadata.tables:
        if table not in {"ballot", "receipt_code"}:
            held = set().union(set(), *(_kept(row) for row in values_of(table)))
            assert not telling & held, table
            assert not set(tokens) & held, table
    everything = str([values_of(table) for table in Base.metadata.tables if table != "receipt_code"])
    assert not any(code in everything for code in codes)


def test_property_12_ids_carry_no_order(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters)
    in_order = []
    for voter in voters:
        before = {row["id"] for row in values_of("ballot")}
        cast(vote_id, voter, 0)
        in_order += [row["id"] for row in values_of("ballot") if row["id"] not in before]
    assert len(in_order) == 12
    assert in_order != sorted(in_order)  # 1 in 12! by chance
    assert {ballot[12] for ballot in in_order} == {"4"}
    listed = [row["code"] for row in values_of("receipt_code")]
    assert sorted(listed) == votes.list_receipts(vote_id, now=_end(vote_id, world))


def _end(vote_id: int, world: World) -> Any:
    votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=LATER)
    return LATER + timedelta(seconds=20)


def test_the_order_of_the_stored_rows_says_nothing(world: World, voters: list[Actor]) -> None:
    """SQLite keeps ballots without a row number; no database gives them a serial one (trust §0.4)."""
    for model in (Ballot, ReceiptCode):
        table = model.__table__
        assert [column.name for column in table.columns if column.autoincrement is True] == []
        made = str(CreateTable(table).compile(db.engine))
        assert ("WITHOUT ROWID" in made) == (db.engine.dialect.name == "sqlite")
        assert "SERIAL" not in made


def test_property_14_the_published_list_holds_every_code_sorted(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters)
    codes = {cast(vote_id, voter, 0) for voter in voters}
    with pytest.raises(NotFound):
        votes.list_receipts(vote_id, now=NOW)
    votes.stop_vote(vote_id=vote_id, actor=world.secretary, now=LATER)
    published = votes.list_receipts(vote_id, now=LATER + timedelta(seconds=20))
    assert published == sorted(codes)
    assert len(published) == 12


@pytest.mark.parametrize("table", ["ballot", "receipt_code"])
def test_ballots_are_append_only(world: World, voters: list[Actor], table: str) -> None:
    vote_id = make_vote(voters)
    cast(vote_id, voters[0], 0)
    for statement in (f"UPDATE {table} SET vote_id = vote_id", f"DELETE FROM {table}"):
        with pytest.raises(DatabaseError), transaction() as session:
            session.execute(text(statement))


def test_casting_leaves_no_line_in_the_audit_log(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters)
    before = values_of("audit_event")
    cast(vote_id, voters[0], 1)
    assert values_of("audit_event") == before
    assert {row["verb"] for row in before} == {"vote frozen", "vote opened"}


def test_the_database_refuses_a_second_entitlement_of_a_household(world: World, voters: list[Actor]) -> None:
    vote_id = make_vote(voters)
    again = Entitlement(vote_id=vote_id, unit_id=unit_of(voters[0]), used=False)
    with pytest.raises(DatabaseError, match=r"(?i)unique"), transaction() as session:
        session.add(again)
