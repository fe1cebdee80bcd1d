"""A long undo goes part by part; one that died is carried on to the same end (ADR 40)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engage import people
from engage.core import tenancy
from engage.core.errors import Conflict, NotFound
from engage.people import departure
from engage.roster import history, importing, parts, queries, rules, turns, undo_parts
from engage.roster.commands import stage
from engage.roster.turns import TakenOver
from engage.roster.undo import begin, carry_on, undo
from engage.roster.undo_parts import Undone, UndoRun, take_part
from tests import make
from tests.conftest import World
from tests.make import NOW
from tests.roster.importing import everything, imported, named, put_in, staged
from tests.roster.make_workbooks import LONGMA, workbook
from tests.roster.undoing import (
    LATER,
    MUCH_LATER,
    audit_lines,
    begun,
    found,
    import_with_consequences,
    name,
    power_cut,
    state,
    to_the_end,
)

#: 6 changes, 19 newcomers, 1 officer, 7 doors and 4 buildings, five at a time
PARTS = 8


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo_parts, "PART", 5)
    monkeypatch.setattr(undo_parts, "AT_ONCE", 10)


@pytest.fixture
def undisturbed(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[Undone, object]:
    """What an undo all at once counts and leaves, in a community beside."""
    with tenancy.scoped(found("zhaolou").id), monkeypatch.context() as patient:
        patient.setattr(undo_parts, "AT_ONCE", 1_000)
        done = begin(batch_id=import_with_consequences(), actor=None, now=LATER)
        assert isinstance(done, Undone)
        return done, state()


def test_the_undo_beside_is_worth_comparing_with(undisturbed: tuple[Undone, object]) -> None:
    assert undisturbed[0] == Undone(
        people=18, kept=2, units=4, places=1, teams=0, offices=1, restored=5, changed_since=1
    )


@pytest.mark.parametrize("whole", range(PARTS))
def test_killed_within_any_part_and_carried_on_it_ends_as_if_nothing_had_been(
    undisturbed: tuple[Undone, object], whole: int
) -> None:
    with tenancy.scoped(found("qianlou").id):
        batch_id = import_with_consequences()
        run = begun(batch_id, parts=whole)
        before = state()
        with power_cut(), pytest.raises(RuntimeError):
            take_part(run, now=LATER)
        assert state() == before
        assert audit_lines() == []
        done = to_the_end(carry_on(batch_id=batch_id, actor=None, now=MUCH_LATER), take_part, now=MUCH_LATER)
        assert (done, state()) == undisturbed
        assert len(audit_lines()) == 1
        assert undo(batch_id=batch_id, actor=None, now=MUCH_LATER + timedelta(days=9)) == done
        assert state() == undisturbed[1]
        assert len(audit_lines()) == 1


def test_killed_within_every_part_it_still_gets_there(undisturbed: tuple[Undone, object]) -> None:
    with tenancy.scoped(found("qianlou").id):
        batch_id, kills, now = import_with_consequences(), 0, LATER
        run: UndoRun | Undone = begun(batch_id)
        while isinstance(run, UndoRun):
            with power_cut(), pytest.raises(RuntimeError):
                take_part(run, now=now)
            kills, now = kills + 1, now + turns.DEAD_AFTER
            run = carry_on(batch_id=batch_id, actor=None, now=now)
            assert isinstance(run, UndoRun)
            run = take_part(run, now=now) or run
        assert kills == PARTS
        assert (run, state()) == undisturbed


def test_a_kill_before_the_first_word_leaves_an_import_that_can_be_undone(world: World) -> None:
    batch_id = imported(world, workbook())
    before = everything()
    with power_cut(), pytest.raises(RuntimeError):
        begin(batch_id=batch_id, actor=world.secretary, now=LATER)
    assert everything() == before
    assert history.state_of(queries.get_batch(batch_id, now=LATER), now=LATER) == "undoable"
    assert undo(batch_id=batch_id, actor=world.secretary, now=LATER).people == 25


def test_who_signs_in_between_two_parts_stays(world: World) -> None:
    batch_id = imported(world, workbook())
    run = begun(batch_id, parts=2)
    make.open_device(people.actor_of(named(name(24))), now=LATER)
    done = to_the_end(run, take_part, now=LATER)
    assert (done.people, done.kept) == (24, 1)
    assert named(name(24)).unit_id is not None


def test_each_part_locks_and_takes_few_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[int] = []
    real = departure.persons_in_use

    def looked(ids: set[int], **how: object) -> object:
        taken.append(len(ids))
        return real(ids, **how)  # type: ignore[arg-type]

    batch_id = imported(world, workbook())
    monkeypatch.setattr(departure, "persons_in_use", looked)
    undo(batch_id=batch_id, actor=world.secretary, now=LATER)
    assert taken == [5, 5, 5, 5, 5]


def test_nothing_else_begins_while_an_undo_is_under_way_or_stopped(world: World) -> None:
    first, second = imported(world, workbook()), imported(world)
    third = staged(world, workbook(3))
    run = begin(batch_id=first, actor=world.secretary, now=LATER)
    before = everything()
    for now, words in ((LATER, "正在撤"), (MUCH_LATER, "撤到一半停了")):
        with pytest.raises(Conflict, match=words):
            importing.confirm(batch_id=third, revision=1, actor=world.secretary, now=now)
        for other in (first, second):
            with pytest.raises(Conflict, match=words):
                begin(batch_id=other, actor=world.secretary, now=now)
    assert everything() == before
    with tenancy.scoped(world.liyuan.id):
        assert put_in(workbook(3), actor=world.outsider, now=LATER).people == 3
    to_the_end(run, take_part, now=MUCH_LATER)
    assert undo(batch_id=second, actor=world.secretary, now=MUCH_LATER).people > 0


def test_no_undo_begins_while_an_import_is_under_way_or_stopped(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The import holds ids of doors an undo would take away."""
    first = imported(world)
    monkeypatch.setattr(parts, "PART", 10)
    run = importing.begin(batch_id=staged(world, workbook()), revision=1, actor=world.secretary, now=LATER)
    assert isinstance(run, parts.Run)
    for now, words in ((LATER, "正在导入"), (MUCH_LATER, "导到一半停了")):
        with pytest.raises(Conflict, match=words):
            begin(batch_id=first, actor=world.secretary, now=now)
    while parts.write_part(run, now=LATER) is None:
        pass
    assert undo(batch_id=first, actor=world.secretary, now=LATER).people == 4


def test_a_living_undo_is_left_alone_and_one_taken_over_takes_no_more(world: World) -> None:
    batch_id = imported(world, workbook())
    slow = begun(batch_id, parts=1)
    with pytest.raises(Conflict):
        carry_on(batch_id=batch_id, actor=world.secretary, now=MUCH_LATER - timedelta(seconds=1))
    run = carry_on(batch_id=batch_id, actor=world.secretary, now=MUCH_LATER)
    assert isinstance(run, UndoRun)
    with pytest.raises(TakenOver):
        take_part(slow, now=MUCH_LATER)
    assert to_the_end(run, take_part, now=MUCH_LATER).people == 25
    for late in (slow, run):
        with pytest.raises(TakenOver):
            take_part(late, now=MUCH_LATER)
    assert len(audit_lines()) == 1


def test_what_never_began_or_is_over_is_not_carried_on(world: World) -> None:
    batch_id = imported(world, workbook())
    with pytest.raises(NotFound):
        carry_on(batch_id=batch_id, actor=world.secretary, now=MUCH_LATER)
    done = undo(batch_id=batch_id, actor=world.secretary, now=LATER)
    assert carry_on(batch_id=batch_id, actor=world.secretary, now=MUCH_LATER) == done


def test_the_day_is_judged_when_an_undo_begins_and_the_next_day_nothing_is_forgotten(
    undisturbed: tuple[Undone, object],
) -> None:
    """Old phones are wiped after a day: not while they are still to be given back."""
    with tenancy.scoped(found("qianlou").id):
        batch_id = import_with_consequences()
        last, much_later = NOW + timedelta(hours=24, seconds=-1), NOW + timedelta(hours=50)
        run = begin(batch_id=batch_id, actor=None, now=last)
        assert isinstance(run, UndoRun)
        stage(content=workbook(3), filename="又一份.xlsx", actor=None, now=much_later)  # wipes what is a day old
        done = to_the_end(carry_on(batch_id=batch_id, actor=None, now=much_later), take_part, now=much_later)
        assert (done, state()) == undisturbed


def test_only_the_secretary_carries_on_where_offices_end(world: World) -> None:
    batch_id = imported(world, LONGMA.read_bytes())
    begin(batch_id=batch_id, actor=world.secretary, now=LATER)
    with pytest.raises(rules.UndoRefused):
        carry_on(batch_id=batch_id, actor=world.clerk, now=MUCH_LATER)
    assert isinstance(carry_on(batch_id=batch_id, actor=world.secretary, now=MUCH_LATER), UndoRun)


def test_the_batch_says_who_began_and_the_log_who_ended(world: World) -> None:
    batch_id = imported(world, workbook())
    begin(batch_id=batch_id, actor=world.secretary, now=LATER)
    to_the_end(carry_on(batch_id=batch_id, actor=world.clerk, now=MUCH_LATER), take_part, now=MUCH_LATER)
    batch = queries.get_batch(batch_id, now=MUCH_LATER)
    assert (batch.undone_by, batch.undo_began_at, batch.undone_at) == (world.secretary.person_id, LATER, MUCH_LATER)
