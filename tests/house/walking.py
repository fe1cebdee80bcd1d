"""A walker that knows every route: whose ids it may use, which fields the view asks a form for, what lies in the books."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest
from flask import Flask, request
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from engage import people
from engage.core import tenancy
from engage.core.database import db

#: the table an id in an address speaks of; a blueprint's own meaning comes first
TABLES = {
    "shift_id": "shift",
    "attendance.session_id": "service_session",
    "awards.session_id": "service_session",
    "rule_id": "award_rule",
    "round_id": "agenda_round",
    "resolution_id": "resolution",
    "person_id": "person",
    "device_id": "device",
    "grant_id": "role_grant",
    "team_id": "team",
    "rewards.item_id": "item",
    "talks.item_id": "agenda_item",
    "redemption_id": "redemption",
    "talk_id": "talk",
    "motion_id": "motion",
    "ledger.entry_id": "ledger_entry",
    "talks.entry_id": "speaker_entry",
    "topic_id": "topic",
    "vote_id": "vote",
    "batch_id": "roster_batch",
    "export_id": "roster_export",
    "people.batch_id": "card_batch",
    "medium_id": "medium",
    "consent_id": "consent",
    "bond_id": "guardianship",
    "merge_id": "person_merge",
    "other_id": "person",
    "passkey_id": "passkey",
    "place_id": "place",
    "unit_id": "unit",
    "tenancy_id": "tenancy",
    "change_id": "grid_change",
    "delegation_id": "delegation",
    "people.change_id": "member_change",
    "view_id": "saved_view",
    "application_id": "team_application",
    "qualification_id": "qualification",
    "correction_id": "ledger_correction",
}
#: counters of attempts and the trail of refusals may grow on any request
NOT_BOOKS = {"attempt_count"}
#: what the guard asks of every form, whatever the view
EVERY_FORM = {"csrf_token", "helping", "confirm_pin", "confirm_password", "confirm_passkey"}


class AskedForm(ImmutableMultiDict[str, str]):
    """A form that remembers which fields the views ask it for."""

    asked: ClassVar[dict[str, set[str]]] = defaultdict(set)

    def _note(self, key: object) -> None:
        if isinstance(key, str) and key not in EVERY_FORM:
            self.asked[str(request.endpoint)].add(key)

    def __getitem__(self, key: str) -> str:
        self._note(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self._note(key)
        return super().__contains__(key)

    def get(self, key: str, default: Any = None, type: Any = None) -> Any:  # noqa: A002 - the name is Werkzeug's
        self._note(key)
        return super().get(key, default, type) if type else super().get(key, default)

    def getlist(self, key: str, type: Any = None) -> list[Any]:  # noqa: A002 - the name is Werkzeug's
        self._note(key)
        return super().getlist(key, type) if type else super().getlist(key)


def listen_to_forms(app: Flask) -> None:
    """Let `AskedForm.asked` learn which fields the views ask for."""
    app.request_class = type("AskedRequest", (app.request_class,), {"parameter_storage_class": AskedForm})


@dataclass(frozen=True, kw_only=True)
class Ids:
    """What a community has, table by table, and the texts its addresses carry."""

    community_id: int
    slug: str
    token: str
    numbers: dict[str, list[int]]

    def first(self, table: str) -> int | None:
        """Return the first id of a table, or None."""
        return next(iter(self.numbers.get(table, [])), None)


def ids_of(community: tenancy.CommunityCard) -> Ids:
    """Read the ids of everything a community has."""
    numbers = {}
    with tenancy.scoped(community.id):
        for table in db.metadata.sorted_tables:
            if {"community_id", "id"} <= set(table.c.keys()):
                own = select(table.c.id).where(table.c.community_id == community.id).order_by(table.c.id)
                numbers[table.name] = list(db.session.scalars(own))
        holder = next(one.id for one in people.roll())
        token = people.card_token(holder) or ""
    db.session.rollback()  # PostgreSQL ends a transaction that waits for minutes, as a walk on a busy machine may take
    return Ids(community_id=community.id, slug=community.slug, token=token, numbers=numbers)


def values_for(app: Flask, rule: Rule, ids: Ids, *, outer: Ids | None = None) -> dict[str, Any]:
    """Return values for the rule's places. With `outer`, all but the last come from there.

    Fails when the walker was never told which ids a new route takes.
    """
    blueprint = rule.endpoint.partition(".")[0]
    values: dict[str, Any] = {}
    names = list(rule._converters)
    for name, converter in rule._converters.items():
        mine = ids if outer is None or name == names[-1] else outer
        if name == "community_id":
            values[name] = mine.community_id
        elif isinstance(converter, IntegerConverter):
            table = TABLES.get(f"{blueprint}.{name}") or TABLES.get(name)
            if table is None:
                pytest.fail(f"{rule.rule}: tell walking.TABLES which table <{name}> is an id of")
            values[name] = mine.first(table) or 987654321
        elif isinstance(converter, AnyConverter):
            values[name] = next(iter(converter.items))
        else:
            values[name] = _text(rule, name, mine)
    return values


def _text(rule: Rule, name: str, ids: Ids) -> str:
    texts = {"slug": ids.slug, "token": ids.token, "code": "ABCD-EFGH", "step": "pausing", "filename": "css/tokens.css"}
    if name not in texts:
        pytest.fail(f"{rule.rule}: tell walking._text what to put for <{name}>")
    return texts[name]


def address(app: Flask, rule: Rule, values: dict[str, Any]) -> str:
    """Return the path of a rule."""
    return str(app.url_map.bind("localhost").build(rule.endpoint, values, method=method_of(rule)))


def method_of(rule: Rule) -> str:
    """Return POST or GET."""
    return "POST" if "POST" in (rule.methods or ()) else "GET"


def rules_of(app: Flask) -> list[Rule]:
    """Return every route but the static files, in order."""
    found = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]
    return sorted(found, key=lambda rule: (rule.rule, method_of(rule)))


def books() -> dict[str, str]:
    """Return a hash of the rows of every table, read past the mapping: hundreds of looks at a hundred tables."""
    db.session.rollback()
    names = [table.name for table in db.metadata.sorted_tables if table.name not in NOT_BOOKS]
    with tenancy.everywhere(reason="a test compares all books"):
        driver = db.session.connection()
        if driver.dialect.name == "postgresql":
            line = "SELECT '{0}', count(*) || ' ' || md5(coalesce(string_agg(r::text, ',' ORDER BY r::text), '')) FROM {0} r"
            hashes = dict(map(tuple, driver.exec_driver_sql(" UNION ALL ".join(map(line.format, names)))))
        else:
            hashes = {name: _hashed(driver.exec_driver_sql(f"SELECT * FROM {name}").all()) for name in names}
    db.session.rollback()
    return hashes


def _hashed(rows: Sequence[Any]) -> str:
    lines = sorted(repr(tuple(row)) for row in rows)
    return f"{len(lines)} {hashlib.sha256(''.join(lines).encode()).hexdigest()[:16]}"


@contextmanager
def nothing_lasts() -> Iterator[None]:
    """Let commands run to their end and then take everything back, so that every request meets the same books."""

    def instead(self: Session) -> None:
        self.flush()
        if db.engine.dialect.name == "postgresql":
            self.connection().exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "commit", instead)
        yield


def newest_values(app: Flask, rule: Rule, ids: Ids) -> dict[str, object]:
    """Return what `values_for` does, of the newest rows instead of the first."""
    return values_for(app, rule, backwards(ids))


def backwards(ids: Ids) -> Ids:
    """Return the same ids, the newest first."""
    return replace(ids, numbers={table: rows[::-1] for table, rows in ids.numbers.items()})
