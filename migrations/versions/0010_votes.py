"""The tables of the room `votes`."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER ballot_no_update BEFORE UPDATE ON ballot BEGIN SELECT RAISE(ABORT, 'ballot is append-only'); END",
        "CREATE TRIGGER ballot_no_delete BEFORE DELETE ON ballot BEGIN SELECT RAISE(ABORT, 'ballot is append-only'); END",
        "CREATE TRIGGER receipt_code_no_update BEFORE UPDATE ON receipt_code BEGIN SELECT RAISE(ABORT, 'receipt_code is append-only'); END",
        "CREATE TRIGGER receipt_code_no_delete BEFORE DELETE ON receipt_code BEGIN SELECT RAISE(ABORT, 'receipt_code is append-only'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION ballot_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ballot is append-only'; END $$; CREATE TRIGGER ballot_append_only BEFORE UPDATE OR DELETE ON ballot FOR EACH ROW EXECUTE FUNCTION ballot_append_only(); CREATE TRIGGER ballot_no_truncate BEFORE TRUNCATE ON ballot FOR EACH STATEMENT EXECUTE FUNCTION ballot_append_only()",
        "CREATE FUNCTION receipt_code_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'receipt_code is append-only'; END $$; CREATE TRIGGER receipt_code_append_only BEFORE UPDATE OR DELETE ON receipt_code FOR EACH ROW EXECUTE FUNCTION receipt_code_append_only(); CREATE TRIGGER receipt_code_no_truncate BEFORE TRUNCATE ON receipt_code FOR EACH STATEMENT EXECUTE FUNCTION receipt_code_append_only()",
    ],
}


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "vote",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("question", sa.String(length=200), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("choices_max", sa.Integer(), nullable=False),
        sa.Column("secret", sa.Boolean(), nullable=False),
        sa.Column("changeable", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("rule_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("annulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("annulled_why", sa.String(length=200), nullable=False),
        sa.Column("entitled", sa.Integer(), nullable=False),
        sa.Column("roll_hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("kind IN ('household', 'agenda')", name=op.f("ck_vote_kind")),
        sa.CheckConstraint("state IN ('frozen', 'open', 'annulled')", name=op.f("ck_vote_state")),
        sa.CheckConstraint("NOT (secret AND changeable)", name=op.f("ck_vote_secret_is_final")),
        sa.CheckConstraint("choices_max >= 1", name=op.f("ck_vote_choices_max")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_vote_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vote")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_vote_community_id_id")),
        sa.UniqueConstraint("community_id", "subject", name=op.f("uq_vote_community_id_subject")),
    )
    op.create_table(
        "ballot",
        sa.Column("vote_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("marks", sa.String(length=24), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "vote_id"], ["vote.community_id", "vote.id"], name=op.f("fk_ballot_community_id_vote_id")
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_ballot_community_id")),
        sa.PrimaryKeyConstraint("vote_id", "id", name=op.f("pk_ballot")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipt_code",
        sa.Column("vote_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.String(length=9), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "vote_id"],
            ["vote.community_id", "vote.id"],
            name=op.f("fk_receipt_code_community_id_vote_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_receipt_code_community_id")),
        sa.PrimaryKeyConstraint("vote_id", "code", name=op.f("pk_receipt_code")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "entitlement",
        sa.Column("vote_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("used = (channel IS NOT NULL)", name=op.f("ck_entitlement_channel")),
        sa.ForeignKeyConstraint(
            ["community_id", "unit_id"],
            ["unit.community_id", "unit.id"],
            name=op.f("fk_entitlement_community_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "vote_id"],
            ["vote.community_id", "vote.id"],
            name=op.f("fk_entitlement_community_id_vote_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_entitlement_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlement")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_entitlement_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "vote_id", "unit_id", name=op.f("uq_entitlement_community_id_vote_id_unit_id")
        ),
    )
    with op.batch_alter_table("entitlement", schema=None) as batch_op:
        batch_op.create_index("ix_entitlement_used", ["community_id", "vote_id", "used"], unique=False)

    op.create_table(
        "named_ballot",
        sa.Column("vote_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("marks", sa.String(length=24), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "unit_id"],
            ["unit.community_id", "unit.id"],
            name=op.f("fk_named_ballot_community_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "vote_id"],
            ["vote.community_id", "vote.id"],
            name=op.f("fk_named_ballot_community_id_vote_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_named_ballot_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_ballot")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_named_ballot_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "vote_id", "unit_id", name=op.f("uq_named_ballot_community_id_vote_id_unit_id")
        ),
    )
    for statement in TRIGGERS.get(op.get_bind().dialect.name, []):
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("named_ballot")
    with op.batch_alter_table("entitlement", schema=None) as batch_op:
        batch_op.drop_index("ix_entitlement_used")

    op.drop_table("entitlement")
    op.drop_table("receipt_code")
    op.drop_table("ballot")
    op.drop_table("vote")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS ballot_append_only() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS receipt_code_append_only() CASCADE")
