"""What was merged into what, which pairs are two people, and the ledger's word for carrying points over."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_ENTRY = "kind IN ('award', 'hold', 'release', 'spend', 'expire', 'reversal'"
_ACCOUNT = "kind IN ('person', 'held', 'owed', 'issue', 'spent', 'expired'"
_CHECKS = (
    ("ledger_entry", "ck_ledger_entry_kind", f"{_ENTRY})", f"{_ENTRY}, 'merge')"),
    ("ledger_account", "ck_ledger_account_kind", f"{_ACCOUNT})", f"{_ACCOUNT}, 'merged')"),
)


def _say(table: str, name: str, *, instead_of: str, now: str) -> None:
    """Put one CHECK in the place of another. Rows, indexes, triggers and the keys that point here stay as they are."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(name), table, type_="check")
        op.create_check_constraint(op.f(name), table, now)
        return
    # As in 0040: a CHECK of SQLite is only text of the schema, and the book is not copied to change one.
    connection = op.get_bind()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    changed = connection.exec_driver_sql(
        "UPDATE sqlite_schema SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ? AND instr(sql, ?) > 0",
        (instead_of, now, table, instead_of),
    )
    if changed.rowcount != 1:
        raise RuntimeError(f"the table {table} does not say what this migration is about to change")
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=RESET")


def upgrade() -> None:
    """Take the schema one step on."""
    for table, name, before, after in _CHECKS:
        _say(table, name, instead_of=before, now=after)
    op.create_table(
        "person_merge",
        sa.Column("merged_id", sa.Integer(), nullable=False),
        sa.Column("survivor_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("ledger_seq", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("merged_by", sa.Integer(), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("merged_id <> survivor_id", name=op.f("ck_person_merge_two")),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_person_merge_undone")),
        sa.CheckConstraint(
            "merged_by <> survivor_id AND merged_by <> merged_id", name=op.f("ck_person_merge_somebody_else")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["community_id", column],
                ["person.community_id", "person.id"],
                name=op.f(f"fk_person_merge_community_id_{column}"),
            )
            for column in ("merged_id", "survivor_id", "merged_by", "undone_by")
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_person_merge_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_merge")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_person_merge_community_id_id")),
    )
    op.create_index(
        "uq_person_merge_standing",
        "person_merge",
        ["community_id", "merged_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_index("ix_person_merge_survivor", "person_merge", ["community_id", "survivor_id"])
    op.create_table(
        "not_same_person",
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("said_by", sa.Integer(), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_not_same_person_order")),
        *(
            sa.ForeignKeyConstraint(
                ["community_id", column],
                ["person.community_id", "person.id"],
                name=op.f(f"fk_not_same_person_community_id_{column}"),
            )
            for column in ("first_id", "second_id", "said_by")
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_not_same_person_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_not_same_person")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_not_same_person_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "first_id", "second_id", name=op.f("uq_not_same_person_community_id_first_id_second_id")
        ),
    )


def downgrade() -> None:
    """Take the schema one step back. Fails, with nothing changed, where points were carried over: the book keeps them."""
    op.drop_table("not_same_person")
    op.drop_table("person_merge")
    if op.get_bind().exec_driver_sql("SELECT count(*) FROM ledger_entry WHERE kind = 'merge'").scalar_one():
        raise RuntimeError("points were carried from one entry to another: the version before cannot read this book")
    for table, name, before, after in _CHECKS:
        _say(table, name, instead_of=after, now=before)
