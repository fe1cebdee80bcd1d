"""D15: old books come back, and nothing that opened a door at that time opens it now (trust row 60)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
import time_machine
from flask import Flask
from sqlalchemy import text

from engage import activities, people, rewards
from engage.cli import backups, epochs
from engage.core import health, tenancy
from engage.core.container import BackupRefused
from engage.core.database import as_owner, db, transaction
from engage.core.errors import NotFound
from engage.people import cards, media
from engage.roster import exporting
from tests.activities.conftest import make_shift
from tests.client import CheckingClient
from tests.conftest import World
from tests.databases import Databases, make_app
from tests.make import NOW
from tests.people.conftest import PASSWORD, enter, slip_for, with_password
from tests.rewards.conftest import Shop, shop

LATER = NOW + timedelta(minutes=5)

FIXTURES = (shop, slip_for, with_password)


@dataclass
class Then:
    """What somebody held in the hand when the backup was taken."""

    browser: CheckingClient
    slip: str
    lost_card: str
    good_card: str
    phone_code: str
    redemption: int
    pick_up: str
    leave: int
    shift: int
    secret: bytes
    backup: Path


@pytest.fixture
def then(world: World, shop: Shop, sign_in: Any, with_password: Any, slip_for: Any, tmp_path: Path) -> Then:
    """An evening: somebody is signed in, codes are out, a backup is taken; then a card is lost and a password changed."""
    her, his = world.volunteer, world.neighbour
    with_password(her)
    with_password(his)
    browser = sign_in(her)
    with transaction():
        people.issue_cards(person_ids=[her.person_id, his.person_id], now=NOW)
        media.issue_phone_code(person_id=her.person_id, now=NOW)
    shop.points(200)
    redemption = shop.reserve(shop.item())
    shift = make_shift(actor=world.leader).id
    return Then(
        browser=browser,
        slip=slip_for(world.resident),
        lost_card=str(people.card_token(her.person_id)),
        good_card=str(people.card_token(his.person_id)),
        phone_code=str(media.phone_code_of(her.person_id, now=NOW)),
        redemption=redemption,
        pick_up=shop.code(redemption),
        leave=exporting.export(
            purpose="报街道统计", whole_phones=False, reason="", key="k", actor=world.secretary, now=NOW
        ),
        shift=shift,
        secret=activities.seed_of(shift_id=shift, now=NOW).secret,
        backup=backups.take_backup(tmp_path / "kept", now=NOW)[0],
    )


@contextmanager
def after_the_restore(world: World) -> Iterator[None]:
    with time_machine.travel(LATER, tick=False), tenancy.scoped(world.donghu.id):
        yield


def test_d15_what_opened_a_door_then_opens_none_now(world: World, then: Then, shop: Shop, slip_for: Any) -> None:
    her, his = world.volunteer.person_id, world.neighbour.person_id
    with time_machine.travel(LATER, tick=False):
        cards.replace_card(person_id=her, version=1, actor=world.secretary, now=LATER)
        second = str(people.card_token(her))
        cards.replace_card(person_id=her, version=2, actor=world.secretary, now=LATER)
        printed_after = slip_for(world.clerk, key="after")
        backups.restore_backup(then.backup, now=LATER)
    with after_the_restore(world):
        assert then.browser.get("/me", expect=303).location.startswith("/sign-in")
        then.browser.get(f"/activate/{then.slip}", expect=422)
        with pytest.raises(media.MediumRefused):
            media.read(then.phone_code, now=NOW)
        with pytest.raises(rewards.UnknownCode):
            shop.hand_out(then.pick_up, now=LATER)
        with pytest.raises(NotFound):
            exporting.get_own(then.leave, actor=world.secretary, now=LATER)
        assert activities.seed_of(shift_id=then.shift, now=LATER).secret != then.secret
        # A card reported lost after the backup stays dead, one that was good meanwhile stays good.
        assert people.find_by_card(then.lost_card) is None
        assert people.find_by_card(then.good_card) is not None
        # What is issued now is none of what was issued in the evening that is gone.
        with transaction():
            people.issue_cards(person_ids=[her, his], now=LATER)
            media.issue_phone_code(person_id=her, now=LATER)
        assert people.find_by_card(second) is None
        assert people.find_by_card(str(people.card_token(her))) is not None
        assert people.read_medium(str(media.phone_code_of(her, now=LATER)), now=LATER) is not None
        assert slip_for(world.clerk, key="after") != printed_after
        # The goods are still hers, under another code; the books close and say what happened.
        assert shop.hand_out(shop.code(then.redemption), now=LATER).points == 80
        assert epochs.faults_in_books() == []
        assert enter(then.browser, "13800000621", PASSWORD).location


def test_passwords_and_passkeys_of_before_come_back_only_if_they_still_counted(
    world: World, then: Then, with_password: Callable[..., object], client: CheckingClient
) -> None:
    with tenancy.scoped(world.donghu.id), transaction():
        db.session.execute(text("UPDATE credential SET changed_at = :at WHERE person_id = :id"), _changed(world))
    _, ended = backups.restore_backup(then.backup, now=LATER)
    assert (ended.counts["passwords"], ended.counts["cards"], ended.compared) == (1, 0, True)
    enter(client, "13800000621", PASSWORD, expect=422)
    enter(client, "13600002285", PASSWORD, expect=303)


def _changed(world: World) -> dict[str, object]:
    return {
        "at": LATER.replace(tzinfo=None) if db.engine.dialect.name == "sqlite" else LATER,
        "id": world.volunteer.person_id,
    }


@pytest.mark.parametrize("asked", [[], ["--keep-cards"]])
def test_d15_on_a_new_machine_no_card_counts_unless_the_operator_says_so(
    world: World, then: Then, database: Databases, tmp_path: Path, asked: list[str]
) -> None:
    elsewhere = make_app(database_url=database.fresh(), data_dir=tmp_path / "elsewhere")
    with elsewhere.app_context(), tenancy.scoped(world.donghu.id):
        done = elsewhere.test_cli_runner().invoke(args=["restore", "--yes", *asked, str(then.backup)])
        assert done.exit_code == 0, done.output
        assert "Everybody signs in again" in done.output
        assert ("No card counts" in done.output) is (not asked)
        assert (people.find_by_card(then.lost_card) is not None) is bool(asked)
        assert epochs.faults_in_books() == []
        db.session.remove()
        db.engine.dispose()


def test_books_in_which_old_codes_could_not_be_ended_never_take_the_place(
    app: Flask, world: World, then: Then, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: object) -> int:
        raise BackupRefused("no")

    monkeypatch.setattr(rewards, "renew_codes", fail)
    with transaction():
        people.enrol(name="后来的人", now=NOW)
    with pytest.raises(BackupRefused):
        backups.restore_backup(then.backup, now=LATER)
    tenancy.enter(world.donghu.id)
    assert people.count_persons() == 9
    then.browser.get("/me", expect=200)


def test_a_backup_of_an_older_version_is_brought_up_to_date_and_one_of_a_newer_is_refused(
    world: World, tmp_path: Path
) -> None:
    db.session.remove()  # migrations wait for whoever reads
    flask_migrate.downgrade(revision="-1")
    older, _ = backups.take_backup(tmp_path, now=NOW)
    flask_migrate.upgrade()
    with as_owner() as connection, connection.begin():
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer, _ = backups.take_backup(tmp_path, now=NOW)
    with pytest.raises(BackupRefused, match="更新的版本"):
        backups.restore_backup(newer, now=LATER)
    backups.restore_backup(older, now=LATER)
    assert '"migrations":true' in health.readyz()[0].get_data(as_text=True).replace(" ", "")
