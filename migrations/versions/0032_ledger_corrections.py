"""Corrections that wait for a second person."""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "ledger_correction",
        sa.Column("entry_id", KEY, nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("proposed_by", KEY, nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", KEY, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=10), server_default="", nullable=False),
        sa.Column("id", KEY, nullable=False),
        sa.Column("community_id", KEY, nullable=False),
        sa.CheckConstraint(
            "outcome IN ('', 'done', 'declined', 'withdrawn')", name=op.f("ck_ledger_correction_outcome")
        ),
        sa.CheckConstraint("(outcome = '') = (decided_at IS NULL)", name=op.f("ck_ledger_correction_decided")),
        sa.CheckConstraint(
            "outcome <> 'done' OR decided_by <> proposed_by", name=op.f("ck_ledger_correction_two_persons")
        ),
        *(
            sa.ForeignKeyConstraint(
                ["community_id", column],
                [f"{target}.community_id", f"{target}.id"],
                name=op.f(f"fk_ledger_correction_community_id_{column}"),
            )
            for column, target in (("entry_id", "ledger_entry"), ("proposed_by", "person"), ("decided_by", "person"))
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_ledger_correction_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_correction")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ledger_correction_community_id_id")),
    )
    op.create_index(
        "uq_ledger_correction_open",
        "ledger_correction",
        ["community_id", "entry_id"],
        unique=True,
        sqlite_where=sa.text("outcome = ''"),
        postgresql_where=sa.text("outcome = ''"),
    )
    for column in ("proposed_by", "decided_by"):
        named = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_ledger_correction_{column}_back",
            "ledger_correction",
            ["community_id", column],
            sqlite_where=named,
            postgresql_where=named,
        )


def downgrade() -> None:
    """Take the step back."""
    for column in ("decided_by", "proposed_by"):
        op.drop_index(f"ix_ledger_correction_{column}_back", table_name="ledger_correction")
    op.drop_index("uq_ledger_correction_open", table_name="ledger_correction")
    op.drop_table("ledger_correction")
