"""When two entries are not merged, and what is left as it was."""

from __future__ import annotations

from datetime import date

import pytest

from engage import ledger, people
from engage.core.access import Role
from engage.core.database import transaction
from engage.ledger import HoldsOpen
from engage.merging import commands, queries
from engage.merging.rules import MergeRefused
from tests.awards.conftest import patrol as patrol
from tests.awards.conftest import rule as rule
from tests.conftest import World
from tests.make import NOW, make_person
from tests.merging.conftest import Pair, available, merged, pay
from tests.rewards.conftest import Shop


def test_what_hangs_on_an_entry_keeps_it(world: World, pair: Pair) -> None:
    with pytest.raises(MergeRefused, match="有职务"):
        merged(Pair(kept=pair.kept, gone=world.leader), world)
    shop = Shop(world)
    shop.points(100, actor=pair.gone)
    shop.reserve(shop.item(), actor=pair.gone)
    with pytest.raises(MergeRefused, match="没领"):
        merged(pair, world)
    with transaction(), pytest.raises(HoldsOpen):
        ledger.carry_over(from_id=pair.gone.person_id, to_id=pair.kept.person_id, source="x", actor_id=None, now=NOW)


def test_who_stands_in_goes_only_after_the_stand_in_was_taken_back(world: World, pair: Pair) -> None:
    """A role handed over moves no more than a role; and one person cannot stand in for themselves."""
    lend = {"actor": world.leader, "days": (date(2026, 6, 15), date(2026, 6, 18)), "now": NOW}
    [role] = people.own_roles(world.leader.person_id)
    loan = people.hand_over(grant_id=role.id, member_no=pair.gone.member_no, **lend)  # type: ignore[arg-type]
    with pytest.raises(MergeRefused, match="替王建明代班：先请书记"):
        merged(pair, world)
    own = Pair(kept=world.leader, gone=pair.gone)
    with pytest.raises(MergeRefused, match="不能替自己：先请书记"):
        merged(own, world)
    people.take_back(delegation_id=loan, actor=world.secretary, now=NOW)
    assert merged(own, world).survivor_id == world.leader.person_id


def test_nobody_merges_themselves_or_their_household(world: World, pair: Pair) -> None:
    own = make_person(community=world.donghu, name="吴小婷", unit="桂园1栋1单元101")
    with pytest.raises(MergeRefused, match="自己"):
        merged(Pair(kept=world.clerk, gone=own), world)
    flatmate = make_person(community=world.donghu, name="吴大婷", unit="桂园1栋1单元101", roles=(Role.CLERK,))
    with pytest.raises(MergeRefused, match="家里人"):
        merged(Pair(kept=pair.kept, gone=own), world, by=flatmate)


def test_a_page_that_is_out_of_date_merges_nothing(world: World, pair: Pair) -> None:
    seen = queries.compare(survivor_id=pair.kept.person_id, merged_id=pair.gone.person_id, now=NOW).seen
    pay(pair.gone, 5, source="later")
    with pytest.raises(MergeRefused, match="再看一眼"):
        commands.merge(
            survivor_id=pair.kept.person_id,
            merged_id=pair.gone.person_id,
            facts=(),
            reason="同一个人",
            seen=seen,
            actor=world.clerk,
            now=NOW,
        )
    assert available(pair.gone) == 5
