"""D1 (trust §4) for the undo of a long import: the whole server is killed in it, and whoever carries on gets to the same end."""

from __future__ import annotations

import re
import signal
import time
from datetime import timedelta

from sqlalchemy import func, select

from engage import ledger
from engage.core import clock, tenancy
from engage.core.access import Role
from engage.core.audit import AuditEvent
from engage.core.database import db
from engage.roster import history, queries, turns
from tests.crowd import Crowd, gather, inside
from tests.live import Installation, serving
from tests.phone import Phone, open_browser
from tests.roster.importing import everything, put_in
from tests.roster.make_workbooks import make_xlsx

PEOPLE, KILLS = 2_600, 2


def list_of(people_in_it: int) -> bytes:
    rows: list[list[object]] = [["网格", "姓名", "住址"]]
    rows += [[f"第{1 + n % 9}网格", f"张{chr(0x4E00 + n)}", f"{n % 90 + 2}栋{n + 101}"] for n in range(people_in_it)]
    return make_xlsx({"名单": rows})


def counted(installation: Installation, crowd: Crowd) -> dict[str, int]:
    """Return how many rows there are of all an import makes."""
    with inside(installation), tenancy.scoped(crowd.community_id):
        found = everything()
        db.session.rollback()
    return found


def reached(phone: Phone, address: str, cookie: str) -> tuple[int, bool]:
    """Return up to which person the undo is by its page, and whether it is over."""
    page = phone.get(f"{address}/progress", cookie=cookie)
    if page.status == 303:
        return PEOPLE, True
    said = re.search("撤到第([0-9]+)人", page.body.decode())
    return int(said.group(1)) if said else PEOPLE, False


def test_d1_an_undo_killed_again_and_again_loses_and_doubles_nothing(installation: Installation) -> None:
    crowd = gather(installation, persons=4)
    before = counted(installation, crowd)
    with inside(installation), tenancy.scoped(crowd.community_id):
        assert put_in(list_of(PEOPLE), actor=None, now=clock.now()).people == PEOPLE
        batch = history.newest_undoable(now=clock.now())
        assert batch is not None
        batch_id = batch.id
        db.session.rollback()
    address, cookie = f"/roster/batches/{batch_id}", installation.cookie_of(Role.SECRETARY)["value"]
    kills, last = 0, 0
    with serving(installation):
        step = f"{address}/undo"
        while True:
            phone = Phone(installation.port, open_browser(installation.port))
            assert phone.post(step, {}, cookie=cookie).status == 303
            upto, over = reached(phone, address, cookie)
            while not over and (kills == KILLS or upto == last):
                time.sleep(0.02)
                upto, over = reached(phone, address, cookie)
            phone.hang_up()
            if over:
                break
            installation.stop(how=signal.SIGKILL)
            kills, last, step = kills + 1, upto, f"{address}/undo/continuation"
            installation.ahead += turns.DEAD_AFTER + timedelta(seconds=1)
            installation.start()
    assert kills == KILLS
    assert counted(installation, crowd) == before
    with inside(installation), tenancy.scoped(crowd.community_id):
        undone = queries.get_batch(batch_id, now=clock.now()).undone or {}
        assert (undone["people"], undone["kept"], undone["units"], undone["places"]) == (PEOPLE, 0, PEOPLE, 9 + 90)
        lines = select(func.count(AuditEvent.id)).where(AuditEvent.verb == "roster_undone")
        assert db.session.scalar(lines) == 1
        assert ledger.verify() == []
        db.session.rollback()
