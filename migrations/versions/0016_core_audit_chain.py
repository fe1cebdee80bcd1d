"""The audit log is chained: each line gets its number and a hash that binds it to the line before it.

"""

from __future__ import annotations

import calendar
import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_GENESIS = "0" * 64
_APPEND_ONLY = {
    "audit_event_no_update": "CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END",
}
_CHAIN = (
    "NEW.seq IS NULL OR NEW.seq < 1 OR NOT (CASE WHEN NEW.seq = 1 THEN NEW.prev_hash = '" + _GENESIS + "' "
    "ELSE EXISTS (SELECT 1 FROM audit_event e WHERE e.community_id = NEW.community_id "
    "AND e.seq = NEW.seq - 1 AND e.hash = NEW.prev_hash) END)"
)
_SEQ = "EXISTS (SELECT 1 FROM audit_event e WHERE e.community_id = NEW.community_id AND e.seq = NEW.seq)"
_HEAD = (
    "NEW.id <> OLD.id OR NEW.community_id <> OLD.community_id OR NEW.seq <= OLD.seq OR NOT EXISTS "
    "(SELECT 1 FROM audit_event e WHERE e.community_id = NEW.community_id AND e.seq = NEW.seq AND e.hash = NEW.hash)"
)
#: name, table, event, (words, condition)…
_GUARDS: tuple[tuple[str, str, str, tuple[tuple[str, str], ...]], ...] = (
    ("audit_event_guard", "audit_event", "INSERT", (("audit: chain", _CHAIN), ("audit: seq", _SEQ))),
    ("audit_head_guard", "audit_head", "UPDATE", (("audit: head", _HEAD),)),
    ("audit_head_kept", "audit_head", "DELETE", (("audit_head is kept for good", "1 = 1"),)),
)

_event = sa.table(
    "audit_event",
    sa.column("id", sa.BigInteger),
    sa.column("community_id", sa.BigInteger),
    sa.column("at", sa.DateTime(timezone=True)),
    sa.column("actor_id", sa.Integer),
    sa.column("on_behalf_of", sa.Integer),
    sa.column("verb", sa.String),
    sa.column("subject", sa.String),
    sa.column("facts", sa.JSON),
    sa.column("seq", sa.Integer),
    sa.column("prev_hash", sa.String),
    sa.column("hash", sa.String),
)
_head = sa.table(
    "audit_head",
    sa.column("community_id", sa.BigInteger),
    sa.column("seq", sa.Integer),
    sa.column("hash", sa.String),
)


def upgrade() -> None:
    """Take the schema one step on, and chain the lines that are there in the order they were written."""
    op.create_table(
        "audit_head",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_audit_head_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
        sa.UniqueConstraint("community_id", name=op.f("uq_audit_head_community_id")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_audit_head_community_id_id")),
    )
    op.add_column("audit_event", sa.Column("seq", sa.Integer(), server_default="0", nullable=False))
    op.add_column("audit_event", sa.Column("prev_hash", sa.String(length=64), server_default="", nullable=False))
    op.add_column("audit_event", sa.Column("hash", sa.String(length=64), server_default="", nullable=False))
    _let_through()
    _chain_what_is_there(op.get_bind())
    _guard_again()
    op.create_index("uq_audit_event_seq", "audit_event", ["community_id", "seq"], unique=True)
    for name, table, event, refusals in _GUARDS:
        _guard(name, table=table, event=event, refusals=refusals)


def downgrade() -> None:
    """Take the step back."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for name, table, _event_name, _refusals in _GUARDS:
        op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {table}")
        if not sqlite:
            op.execute(f"DROP FUNCTION {name}() CASCADE")
    op.drop_index("uq_audit_event_seq", table_name="audit_event")
    for column in ("hash", "prev_hash", "seq"):
        op.drop_column("audit_event", column)
    op.drop_table("audit_head")


def _chain_what_is_there(connection: sa.Connection) -> None:
    for community_id in connection.execute(sa.select(_event.c.community_id).distinct().order_by("community_id")).scalars().all():
        seq, prev_hash, after = 0, _GENESIS, 0
        own = sa.select(_event).where(_event.c.community_id == community_id).order_by(_event.c.id).limit(500)
        while lines := connection.execute(own.where(_event.c.id > after)).mappings().all():
            for line in lines:
                seq, after = seq + 1, line["id"]
                values = {"seq": seq, "prev_hash": prev_hash, "hash": _link(prev_hash, _leaf(line, seq))}
                connection.execute(sa.update(_event).where(_event.c.id == line["id"]).values(values))
                prev_hash = values["hash"]
        connection.execute(sa.insert(_head).values(community_id=community_id, seq=seq, hash=prev_hash))


def _leaf(line: Any, seq: int) -> bytes:
    at = line["at"]
    content = {
        "log": "audit",
        "community": line["community_id"],
        "seq": seq,
        "at": calendar.timegm(at.utctimetuple()) * 1_000_000 + at.microsecond,
        "actor": line["actor_id"],
        "behalf": line["on_behalf_of"],
        "verb": line["verb"],
        "subject": line["subject"],
        "facts": line["facts"],
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def _link(prev_hash: str, leaf: bytes) -> str:
    content = hashlib.sha256(b"\x00" + leaf).digest()
    return hashlib.sha256(b"\x01" + bytes.fromhex(prev_hash) + content).hexdigest()


def _let_through() -> None:
    """Let this migration write into what is otherwise only added to."""
    if op.get_bind().dialect.name == "sqlite":
        for name in _APPEND_ONLY:
            op.execute(f"DROP TRIGGER {name}")
    else:
        op.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")


def _guard_again() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in _APPEND_ONLY.values():
            op.execute(statement)
    else:
        op.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")


def _guard(name: str, *, table: str, event: str, refusals: tuple[tuple[str, str], ...]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        lines = " ".join(f"SELECT RAISE(ABORT, '{words}') WHERE {condition};" for words, condition in refusals)
        statement = f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN {lines} END"
    else:
        checks = " ".join(f"IF {condition} THEN RAISE EXCEPTION '{words}'; END IF;" for words, condition in refusals)
        statement = (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {checks} RETURN {'OLD' if event == 'DELETE' else 'NEW'}; END $$; "
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
    op.execute(sa.text(statement.replace(":", "\\:")))
