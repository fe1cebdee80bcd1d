"""Texts that try to become markup or script, and the places where people's words are kept (trust W9)."""

from __future__ import annotations

import json
from itertools import cycle, product
from pathlib import Path

from sqlalchemy import JSON, String, Table

from engage.core import sqlite
from engage.core.database import db

#: what a text that came alive would leave on the page
MARK = "x9"

_SCRIPT = "alert(9)"
_ELEMENTS = (
    "<script {m}>{s}</script>",
    "<img {m} src=q onerror={s}>",
    "<svg {m} onload={s}>",
    "<body {m} onload={s}>",
    "<details {m} open ontoggle={s}>",
    "<iframe {m} srcdoc='<script>{s}</script>'>",
    "<a {m} href=javascript:{s}>k</a>",
    "<form {m} action=javascript:{s}><button>k</button></form>",
    "<input {m} autofocus onfocus={s}>",
    "<b {m} hx-get=/ hx-trigger=load>k</b>",
    "<b {m} hx-on::load={s}>k</b>",
    "<b {m} data-hx-get=/ data-hx-trigger=load>k</b>",
    "<meta {m} http-equiv=refresh content='0;url=javascript:{s}'>",
    "<base {m} href=//evil.example/>",
    "<link {m} rel=stylesheet href=//evil.example/c>",
    "<style {m}>*{{color:red}}</style>",
    "<math {m}><mtext><script>{s}</script></mtext></math>",
    "<object {m} data=javascript:{s}></object>",
    "<template {m}><script>{s}</script></template>",
    "<ScRiPt {m}>{s}</sCrIpT>",
    "<b {m}>",
)
#: what stands before: out of an attribute, a comment, a script, a style, a title, a text area
_WAYS_OUT = ("", "'>", '">', "-->", "</title>", "</textarea>", "</script>")
_WITHOUT_MARKUP = (
    "javascript:alert(9)",
    "' onfocus=alert(9) x9 a='",
    '" onfocus=alert(9) x9 a="',
    "{{7*7}}",
    "{% raw %}",
    "${alert(9)}",
    "%(name)s %s %%",
    "&lt;b x9&gt;",
    "\u202e<b x9>",
    "\\u003cb x9\\u003e",
)
PAYLOADS = (
    *(way + element.format(m=MARK, s=_SCRIPT) for way, element in product(_WAYS_OUT, _ELEMENTS)),
    *_WITHOUT_MARKUP,
)

#: columns whose content the program itself makes: names of states, hashes, keys. Everything else is people's words.
_OURS = frozenset(
    (
        *("kind", "status", "state", "role", "medium", "grade", "flags", "channel", "stance", "nature", "trimmed_by"),
        *("slug", "token", "key", "fingerprint", "verb", "subject", "marks", "picture", "code", "roll", "version"),
        *("term", "required_training", "act", "credential_id", "was", "became", "side", "known_by", "event", "runner"),
        *(
            "query",
            "languages",
            "revoke_reason",
            "pinyin",
            "rule",
            "client_event_id",
            "seal_no",
            "salt",
            "code_seed",
            "reason",
            "id",
        ),
    )
)
_WORDS_AFTER_ALL = {"place.code", "phone_reveal.reason", "qualification.revoke_reason", "service_session.reason"}


def columns_of_words(table: Table) -> list[str]:
    """Return the columns of a table that hold what somebody typed."""
    return [
        column.name
        for column in table.c
        if isinstance(column.type, String)
        and not column.name.endswith(("hash", "_index", "last4"))
        and (column.name not in _OURS or f"{table.name}.{column.name}" in _WORDS_AFTER_ALL)
    ]


def columns_of_lists(table: Table) -> list[str]:
    """Return the columns that hold a list of typed texts: the options of a ballot."""
    return [column.name for column in table.c if isinstance(column.type, JSON) and column.name == "options"]


def plant(file: Path) -> int:
    """Put the payloads into every text of a SQLite database, by hand, the seals removed; returns how many texts."""
    payloads, planted = cycle(PAYLOADS), 0
    with sqlite.module.connect(file) as connection:
        connection.execute(
            "PRAGMA ignore_check_constraints=ON"
        )  # a reason where nothing was revoked is odd, not unsafe
        for (trigger,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        for table in db.metadata.sorted_tables:
            for column in columns_of_words(table):
                length = table.c[column].type.length or 400
                for (row,) in connection.execute(f"SELECT rowid FROM {table.name}").fetchall():
                    text = _cut(next(payloads), length=length, row=row)
                    connection.execute(f"UPDATE {table.name} SET {column} = ? WHERE rowid = ?", (text, row))
                    planted += 1
            for column in columns_of_lists(table):
                options = json.dumps([next(payloads), next(payloads), "k"])
                connection.execute(
                    f"UPDATE {table.name} SET {column} = ? WHERE json_array_length({column}) = 3", (options,)
                )
    return planted


def _cut(payload: str, *, length: int, row: int) -> str:
    """Return the payload as the column can hold it, different in each row; a short one where it would be cut apart."""
    unique = f"{payload}{row}"
    return unique if len(unique) <= length else f"<b {MARK}>{row}"[:length]
