"""An import in parts, choices per row, and what an import changed about people who were on the roll already."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the schema one step on."""
    for column in (
        sa.Column("choices", sa.JSON(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("runner", sa.String(length=32), nullable=True),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("progress", sa.JSON(), nullable=True),
    ):
        op.add_column("roster_batch", column)
    op.execute("UPDATE roster_batch SET started_at = imported_at")
    op.create_table(
        "roster_change",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", _KEY, nullable=False),
        sa.Column("community_id", _KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "batch_id"],
            ["roster_batch.community_id", "roster_batch.id"],
            name=op.f("fk_roster_change_community_id_batch_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_roster_change_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_roster_change_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_change")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_roster_change_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "batch_id", "person_id", name=op.f("uq_roster_change_community_id_batch_id_person_id")
        ),
    )
    op.create_index("ix_roster_change_person", "roster_change", ["community_id", "person_id"])


def downgrade() -> None:
    """Take the step back."""
    op.drop_index("ix_roster_change_person", table_name="roster_change")
    op.drop_table("roster_change")
    for column in ("progress", "beat_at", "runner", "started_at", "choices"):
        op.drop_column("roster_batch", column)
