"""One's own data to take along: a .zip with the same content as JSON for programs and as .xlsx for people."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from engage import ledger, people, teams
from engage.core import audit, clock
from engage.core.access import Actor
from engage.core.database import transaction
from engage.core.limits import count_attempt
from engage.core.workbook import Cell, SheetOut, write
from engage.home.my_data import MyData, data_of
from engage.home.words import SHEETS, said

DOWNLOADS_A_DAY = 5
_ALL = 1_000_000
Value = str | int | bool | date | None


@dataclass(frozen=True, kw_only=True)
class Section:
    """One kind of data: a key of `words.SHEETS` and its rows, in the order of the columns there."""

    key: str
    rows: list[tuple[Value, ...]]


def take_along(*, actor: Actor, now: datetime) -> bytes:
    """Return the .zip; the log keeps that it was taken. Ask for the password first. At most 5 a day: `TooManyAttempts`."""
    count_attempt(
        f"own-data|{actor.community_id}|{actor.person_id}", at_most=DOWNLOADS_A_DAY, per=timedelta(days=1), now=now
    )
    with transaction():
        sections = sections_of(data_of(actor, now=now))
        audit.record("own_data_downloaded", actor=actor, subject=f"person:{actor.person_id}", now=now)
    return pack(sections)


def sections_of(mine: MyData) -> list[Section]:
    """Return all data as rows; the whole phone number is in it, it is the person's own."""
    rows = {**_identity(mine), **_service(mine), **_voice(mine)}
    return [Section(key=key, rows=rows[key]) for key in SHEETS]


def _identity(mine: MyData) -> dict[str, list[tuple[Value, ...]]]:
    person, records = mine.person, mine.records
    phone = people.unsealed_phone(person)
    return {
        "person": [
            (
                f"{person.member_no:04d}",
                person.name,
                person.pinyin,
                phone,
                person.birth_year,
                " ".join(people.language_words(person.languages)),
                mine.household,
                mine.grid,
                person.is_volunteer,
                person.status,
                person.created_at,
            )
        ],
        "households": [(tie.label, tie.role, tie.may_vote) for tie in mine.ties],
        "teams": [(spell.team, spell.joined_on, spell.left_on, spell.reason) for spell in mine.in_teams.spells],
        "teams_led": [(row.team, row.since, row.until) for row in mine.in_teams.led],
        "team_applications": [
            (mine.in_teams.team_names[one.team_id], one.words, one.asked_at, one.state, one.ended_at, one.reason)
            for one in mine.in_teams.applications
        ],
        "trainings": [
            (
                teams.training_word(card.kind),
                card.trained_on,
                card.expires_on,
                card.given_by,
                card.note,
                card.revoke_reason,
            )
            for card in mine.in_teams.trainings
        ],
        "roles": [(grant.role, grant.granted_at, grant.ended_at) for grant in records.roles],
        "stand_ins": [(row.role, row.holder, row.person, row.starts_on, row.ends_on) for row in mine.stand_ins],
        "consents": [(row.subject, row.version, row.given_at) for row in records.consents],
        "cards": [(card.version, card.issued_at, card.revoked_at) for card in records.cards],
        "devices": [(row.label, row.signed_in_at, row.seen_at, row.ended_at) for row in records.devices],
        "steps": [(row.became, row.reason, row.at) for row in mine.steps],
        "guardians": [
            (
                mine.named.get(bond.guardian_id, ""),
                mine.named.get(bond.minor_id, ""),
                bond.kind,
                bond.confirmed_at,
                bond.ended_at,
            )
            for bond in mine.bonds
        ],
        "merges": [(f"{mine.numbers[card.merged_id]:04d}", card.merged_at, card.undone_at) for card in mine.merges],
        "phone_looks": [(look.who, look.reason, look.at) for look in mine.looks],
        "passkeys": [(key.name, key.made_at, key.used_at) for key in records.passkeys],
        "helped": [(one.helper, one.reason, one.known_by, one.began_at, one.ended_at, one.acts) for one in mine.helped],
    }


def _service(mine: MyData) -> dict[str, list[tuple[Value, ...]]]:
    entries = [entry for one in mine.selves for entry in ledger.list_entries(person_id=one, limit=_ALL)]
    return {
        "service": [
            (card.title, card.started_at, card.ended_at, card.minutes, card.grade, card.state, card.reason)
            for card in mine.sessions
        ],
        "sign_ups": [(row.shift.title, row.shift.starts_at, row.state, row.changed_at) for row in mine.sign_ups],
        "points": [(entry.number, entry.at, entry.kind, entry.points, entry.memo) for entry in entries],
        "rewards": [
            (row.item.name, row.points, row.state.value, row.reserved_at, row.ended_at) for row in mine.redemptions
        ],
    }


def _voice(mine: MyData) -> dict[str, list[tuple[Value, ...]]]:
    return {
        "topics": [(card.number, card.title, card.body, card.state, card.filed_at) for card in mine.filed],
        "seconds": [(row.topic.number, row.topic.title, row.at) for row in mine.seconded],
        "votes": [(row.question, row.used) for row in mine.voted],
        "talks": [(row.title, row.arrived_at, row.speeches) for row in mine.evenings],
        "duties": [(row.title, row.starts_at, row.role) for row in mine.duties],
        "resolutions": [(card.number, card.title, card.due_on, card.state) for card in mine.taken_on],
    }


def pack(sections: Sequence[Section]) -> bytes:
    """Return both files in one .zip. In the .xlsx every text is text: nothing in it can become a formula (trust W12)."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("my-data.json", json.dumps(_as_json(sections), ensure_ascii=False, indent=2))
        archive.writestr("my-data.xlsx", write([_as_sheet(section) for section in sections]))
    return target.getvalue()


def _as_json(sections: Sequence[Section]) -> dict[str, list[dict[str, Value]]]:
    return {
        section.key: [
            {
                column: value.isoformat() if isinstance(value, date) else value
                for column, value in zip(SHEETS[section.key].columns, row, strict=True)
            }
            for row in section.rows
        ]
        for section in sections
    }


def _as_sheet(section: Section) -> SheetOut:
    sheet = SHEETS[section.key]
    return SheetOut(
        name=str(sheet.title),
        headings=[str(heading) for heading in sheet.columns.values()],
        rows=[[_cell(value) for value in row] for row in section.rows],
        widths=[18] * len(sheet.columns),
    )


def _cell(value: Value) -> Cell:
    if isinstance(value, datetime):
        return clock.local(value).strftime("%Y-%m-%d %H:%M")
    return said(value) if isinstance(value, str) else value
