"""The tables of the room `awards`."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER award_no_update BEFORE UPDATE ON award BEGIN SELECT RAISE(ABORT, 'award is append-only'); END",
        "CREATE TRIGGER award_no_delete BEFORE DELETE ON award BEGIN SELECT RAISE(ABORT, 'award is append-only'); END",
        "CREATE TRIGGER award_rule_frozen BEFORE UPDATE ON award_rule WHEN OLD.approved_by IS NOT NULL BEGIN SELECT RAISE(ABORT, 'an approved rule is never changed: draft the next version'); END",
        "CREATE TRIGGER award_rule_kept BEFORE DELETE ON award_rule BEGIN SELECT RAISE(ABORT, 'rules are kept'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION award_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'award is append-only'; END $$; CREATE TRIGGER award_append_only BEFORE UPDATE OR DELETE ON award FOR EACH ROW EXECUTE FUNCTION award_append_only(); CREATE TRIGGER award_no_truncate BEFORE TRUNCATE ON award FOR EACH STATEMENT EXECUTE FUNCTION award_append_only()",
        "CREATE FUNCTION award_rule_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF OLD.approved_by IS NOT NULL THEN RAISE EXCEPTION 'an approved rule is never changed: draft the next version'; END IF; RETURN NEW; END $$; CREATE TRIGGER award_rule_frozen BEFORE UPDATE ON award_rule FOR EACH ROW EXECUTE FUNCTION award_rule_frozen()",
        "CREATE FUNCTION award_rule_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'rules are kept'; END $$; CREATE TRIGGER award_rule_kept BEFORE DELETE ON award_rule FOR EACH ROW EXECUTE FUNCTION award_rule_kept()",
    ],
}


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "award_rule",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("quantum_minutes", sa.Integer(), nullable=False),
        sa.Column("unit_points", sa.Integer(), nullable=False),
        sa.Column("coefficients", sa.JSON(), nullable=False),
        sa.Column("cap_activity", sa.Integer(), nullable=True),
        sa.Column("cap_day", sa.Integer(), nullable=True),
        sa.Column("cap_month", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("drafted_by", sa.Integer(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(approved_by IS NULL) = (approved_at IS NULL)", name=op.f("ck_award_rule_approved")),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> drafted_by", name=op.f("ck_award_rule_two_persons")),
        sa.CheckConstraint("quantum_minutes > 0 AND unit_points > 0", name=op.f("ck_award_rule_terms")),
        sa.ForeignKeyConstraint(
            ["community_id", "approved_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_award_rule_community_id_approved_by"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "drafted_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_award_rule_community_id_drafted_by"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_award_rule_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_rule")),
        sa.UniqueConstraint("community_id", "code", "version", name=op.f("uq_award_rule_community_id_code_version")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_award_rule_community_id_id")),
    )
    op.create_table(
        "award",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("rule_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("trimmed_by", sa.String(length=10), nullable=True),
        sa.Column("entry_seq", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("points >= 0 AND minutes >= 0", name=op.f("ck_award_points")),
        sa.ForeignKeyConstraint(
            ["community_id", "activity_id"],
            ["activity.community_id", "activity.id"],
            name=op.f("fk_award_community_id_activity_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_award_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "rule_id"],
            ["award_rule.community_id", "award_rule.id"],
            name=op.f("fk_award_community_id_rule_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "session_id"],
            ["service_session.community_id", "service_session.id"],
            name=op.f("fk_award_community_id_session_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_award_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_award_community_id_id")),
        sa.UniqueConstraint("community_id", "session_id", name=op.f("uq_award_community_id_session_id")),
    )
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.create_index("ix_award_person", ["community_id", "person_id", "served_on"], unique=False)

    for statement in TRIGGERS.get(op.get_bind().dialect.name, []):
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("award", schema=None) as batch_op:
        batch_op.drop_index("ix_award_person")

    op.drop_table("award")
    op.drop_table("award_rule")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS award_append_only() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS award_rule_frozen() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS award_rule_kept() CASCADE")
