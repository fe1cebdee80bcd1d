"""Languages, the state "declined", the steps of an entry, and who is the same person as whom."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_BEFORE = "status IN ('applied', 'active', 'paused', 'closed')"
_AFTER = "status IN ('applied', 'declined', 'active', 'paused', 'closed')"


def _say(*, instead_of: str, now: str) -> None:
    """Put one CHECK in the place of another. Rows, indexes, triggers and the keys that point here stay as they are."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_person_status"), "person", type_="check")
        op.create_check_constraint(op.f("ck_person_status"), "person", now)
        return
    # SQLite cannot alter a CHECK, and building `person` anew would mean dropping a table everything points at. A CHECK
    # is only text of the schema: https://sqlite.org/lang_altertable.html#otheralter describes this way.
    connection = op.get_bind()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    changed = connection.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'person' AND instr(sql, ?) > 0",
        (instead_of, now, instead_of),
    )
    if changed.rowcount != 1:
        raise RuntimeError("the table person does not say what this migration is about to change")
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=RESET")


def upgrade() -> None:
    """Take the schema one step on."""
    _say(instead_of=_BEFORE, now=_AFTER)
    op.add_column("person", sa.Column("languages", sa.String(length=60), nullable=False, server_default=""))
    op.create_table(
        "person_event",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("was", sa.String(length=10), nullable=False),
        sa.Column("became", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "actor_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_person_event_community_id_actor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_person_event_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_person_event_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_event")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_person_event_community_id_id")),
    )
    op.create_index("ix_person_event_person", "person_event", ["community_id", "person_id", "id"])
    op.create_table(
        "person_alias",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("survivor_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("person_id <> survivor_id", name=op.f("ck_person_alias_two")),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_person_alias_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "survivor_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_person_alias_community_id_survivor_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_person_alias_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_alias")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_person_alias_community_id_id")),
        sa.UniqueConstraint("community_id", "person_id", name=op.f("uq_person_alias_community_id_person_id")),
    )
    op.create_index("ix_person_alias_survivor", "person_alias", ["community_id", "survivor_id"])


def downgrade() -> None:
    """Take the schema one step back. Who was declined counts as having left."""
    op.drop_table("person_alias")
    op.drop_table("person_event")
    op.drop_column("person", "languages")
    op.execute("UPDATE person SET status = 'closed' WHERE status = 'declined'")
    _say(instead_of=_AFTER, now=_BEFORE)
