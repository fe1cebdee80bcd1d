"""The tables of the room `roster`."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "roster_mapping",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_roster_mapping_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_mapping")),
        sa.UniqueConstraint("community_id", "fingerprint", name=op.f("uq_roster_mapping_community_id_fingerprint")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_roster_mapping_community_id_id")),
    )
    op.create_table(
        "roster_batch",
        sa.Column("filename", sa.String(length=120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("seal_no", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.JSON(), nullable=True),
        sa.Column("made", sa.JSON(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undone", sa.JSON(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "undone_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_roster_batch_community_id_undone_by"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "uploaded_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_roster_batch_community_id_uploaded_by"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_roster_batch_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_batch")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_roster_batch_community_id_id")),
    )
    with op.batch_alter_table("roster_batch", schema=None) as batch_op:
        batch_op.create_index("ix_roster_batch_at", ["community_id", "uploaded_at"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("roster_batch", schema=None) as batch_op:
        batch_op.drop_index("ix_roster_batch_at")

    op.drop_table("roster_batch")
    op.drop_table("roster_mapping")
