"""Who stands for which minor."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "guardianship",
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("minor_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.String(length=8), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("guardian_id <> minor_id", name=op.f("ck_guardianship_two")),
        sa.CheckConstraint("kind IN ('parent', 'grandparent', 'relative', 'other')", name=op.f("ck_guardianship_kind")),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by IS NULL)", name=op.f("ck_guardianship_confirmed")
        ),
        sa.CheckConstraint("(confirmed_at IS NULL) = (evidence IS NULL)", name=op.f("ck_guardianship_evidence")),
        sa.CheckConstraint("evidence IN ('paper', 'account')", name=op.f("ck_guardianship_evidence_kind")),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_guardianship_ended")),
        sa.CheckConstraint("recorded_by <> guardian_id", name=op.f("ck_guardianship_recorder")),
        *(
            sa.ForeignKeyConstraint(
                ["community_id", column],
                ["person.community_id", "person.id"],
                name=op.f(f"fk_guardianship_community_id_{column}"),
            )
            for column in ("guardian_id", "minor_id", "recorded_by", "confirmed_by", "ended_by")
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_guardianship_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guardianship")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_guardianship_community_id_id")),
    )
    op.create_index(
        "uq_guardianship_open",
        "guardianship",
        ["community_id", "guardian_id", "minor_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_guardianship_minor", "guardianship", ["community_id", "minor_id"])


def downgrade() -> None:
    """Take the schema one step back."""
    op.drop_table("guardianship")
