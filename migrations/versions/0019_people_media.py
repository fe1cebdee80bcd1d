"""Media: cards and phone codes with kinds, reasons and last use; spent codes, batches of cards, the medium of a scan."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER scan_medium_no_update BEFORE UPDATE ON scan_medium BEGIN SELECT RAISE(ABORT, 'scan_medium is append-only'); END",
        "CREATE TRIGGER scan_medium_no_delete BEFORE DELETE ON scan_medium BEGIN SELECT RAISE(ABORT, 'scan_medium is append-only'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION scan_medium_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'scan_medium is append-only'; END $$; CREATE TRIGGER scan_medium_append_only BEFORE UPDATE OR DELETE ON scan_medium FOR EACH ROW EXECUTE FUNCTION scan_medium_append_only(); CREATE TRIGGER scan_medium_no_truncate BEFORE TRUNCATE ON scan_medium FOR EACH STATEMENT EXECUTE FUNCTION scan_medium_append_only()",
    ],
}


def upgrade() -> None:
    """Take the schema one step on."""
    # First, while no table refers to it: SQLite makes it anew. It has no triggers.
    with op.batch_alter_table("medium", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=5), server_default="card", nullable=False))
        batch_op.add_column(sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("revoked_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("revoke_reason", sa.String(length=10), server_default="", nullable=False))
        batch_op.drop_constraint(batch_op.f("uq_medium_community_id_person_id_version"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_medium_community_id_person_id_kind_version"),
            ["community_id", "person_id", "kind", "version"],
        )
        batch_op.create_index(
            "uq_medium_live",
            ["community_id", "person_id", "kind"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_medium_community_id_revoked_by"),
            "person",
            ["community_id", "revoked_by"],
            ["community_id", "id"],
        )
        batch_op.create_check_constraint(batch_op.f("ck_medium_kind"), "kind IN ('card', 'phone')")
        batch_op.create_check_constraint(
            batch_op.f("ck_medium_used"),
            "revoked_at IS NULL OR last_used_at IS NULL OR last_used_at <= revoked_at",
        )
    op.create_table(
        "card_batch",
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("chosen", sa.String(length=80), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "made_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_card_batch_community_id_made_by"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_card_batch_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_batch")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_card_batch_community_id_id")),
    )
    op.create_table(
        "card_batch_line",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("medium_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "batch_id"],
            ["card_batch.community_id", "card_batch.id"],
            name=op.f("fk_card_batch_line_community_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "medium_id"],
            ["medium.community_id", "medium.id"],
            name=op.f("fk_card_batch_line_community_id_medium_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_card_batch_line_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_card_batch_line_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_batch_line")),
        sa.UniqueConstraint(
            "community_id", "batch_id", "medium_id", name=op.f("uq_card_batch_line_community_id_batch_id_medium_id")
        ),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_card_batch_line_community_id_id")),
    )
    with op.batch_alter_table("card_batch_line", schema=None) as batch_op:
        batch_op.create_index("ix_card_batch_line_medium", ["community_id", "medium_id"], unique=False)
        batch_op.create_index("ix_card_batch_line_person", ["community_id", "person_id"], unique=False)

    op.create_table(
        "spent_code",
        sa.Column("medium_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "medium_id"],
            ["medium.community_id", "medium.id"],
            name=op.f("fk_spent_code_community_id_medium_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_spent_code_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spent_code")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_spent_code_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "medium_id", "step", name=op.f("uq_spent_code_community_id_medium_id_step")
        ),
    )
    op.create_table(
        "scan_medium",
        sa.Column("scan_id", sa.Integer(), nullable=False),
        sa.Column("medium_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "medium_id"],
            ["medium.community_id", "medium.id"],
            name=op.f("fk_scan_medium_community_id_medium_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "scan_id"],
            ["scan.community_id", "scan.id"],
            name=op.f("fk_scan_medium_community_id_scan_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_scan_medium_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_medium")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_scan_medium_community_id_id")),
        sa.UniqueConstraint("community_id", "scan_id", name=op.f("uq_scan_medium_community_id_scan_id")),
    )
    with op.batch_alter_table("scan_medium", schema=None) as batch_op:
        batch_op.create_index("ix_scan_medium_medium", ["community_id", "medium_id"], unique=False)

    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("scan_medium")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION scan_medium_append_only()")
    op.drop_table("spent_code")
    op.drop_table("card_batch_line")
    op.drop_table("card_batch")
    op.execute("DELETE FROM medium WHERE kind = 'phone'")
    with op.batch_alter_table("medium", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_medium_used"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_medium_kind"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_medium_community_id_revoked_by"), type_="foreignkey")
        batch_op.drop_index("uq_medium_live")
        batch_op.drop_constraint(batch_op.f("uq_medium_community_id_person_id_kind_version"), type_="unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_medium_community_id_person_id_version"), ["community_id", "person_id", "version"]
        )
        batch_op.drop_column("revoke_reason")
        batch_op.drop_column("revoked_by")
        batch_op.drop_column("last_used_at")
        batch_op.drop_column("kind")
