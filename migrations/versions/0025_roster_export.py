"""Lists taken out of the house: who, for what, how many, with whole phones or without."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "roster_export",
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=120), nullable=False),
        sa.Column("whole_phones", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", _KEY, nullable=False),
        sa.Column("community_id", _KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "actor_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_roster_export_community_id_actor_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_roster_export_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_export")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_roster_export_community_id_id")),
        sa.UniqueConstraint("community_id", "actor_id", "key", name=op.f("uq_roster_export_community_id_actor_id_key")),
    )
    op.create_index("ix_roster_export_at", "roster_export", ["community_id", "made_at"])


def downgrade() -> None:
    """Take the step back."""
    op.drop_index("ix_roster_export_at", table_name="roster_export")
    op.drop_table("roster_export")
