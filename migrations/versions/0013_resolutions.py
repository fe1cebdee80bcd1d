"""The tables of the room `resolutions`."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER resolution_progress_no_update BEFORE UPDATE ON resolution_progress BEGIN SELECT RAISE(ABORT, 'resolution_progress is append-only'); END",
        "CREATE TRIGGER resolution_progress_no_delete BEFORE DELETE ON resolution_progress BEGIN SELECT RAISE(ABORT, 'resolution_progress is append-only'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION resolution_progress_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'resolution_progress is append-only'; END $$; CREATE TRIGGER resolution_progress_append_only BEFORE UPDATE OR DELETE ON resolution_progress FOR EACH ROW EXECUTE FUNCTION resolution_progress_append_only(); CREATE TRIGGER resolution_progress_no_truncate BEFORE TRUNCATE ON resolution_progress FOR EACH STATEMENT EXECUTE FUNCTION resolution_progress_append_only()",
    ],
}


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "resolution",
        sa.Column("motion_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("talk_number", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("owner_text", sa.String(length=60), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('adopted', 'assigned', 'accepted', 'in_progress', 'reported_done')",
            name=op.f("ck_resolution_state"),
        ),
        sa.CheckConstraint("(owner_id IS NULL) = (due_on IS NULL)", name=op.f("ck_resolution_owner_and_date")),
        sa.ForeignKeyConstraint(
            ["community_id", "motion_id"],
            ["motion.community_id", "motion.id"],
            name=op.f("fk_resolution_community_id_motion_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "owner_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_resolution_community_id_owner_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_resolution_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_resolution_community_id_id")),
        sa.UniqueConstraint("community_id", "motion_id", name=op.f("uq_resolution_community_id_motion_id")),
        sa.UniqueConstraint("community_id", "year", "sequence", name=op.f("uq_resolution_community_id_year_sequence")),
    )
    with op.batch_alter_table("resolution", schema=None) as batch_op:
        batch_op.create_index("ix_resolution_state", ["community_id", "state", "due_on"], unique=False)

    op.create_table(
        "resolution_progress",
        sa.Column("resolution_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "actor_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_resolution_progress_community_id_actor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "resolution_id"],
            ["resolution.community_id", "resolution.id"],
            name=op.f("fk_resolution_progress_community_id_resolution_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_resolution_progress_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resolution_progress")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_resolution_progress_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "resolution_id", "key", name=op.f("uq_resolution_progress_community_id_resolution_id_key")
        ),
    )
    for statement in TRIGGERS.get(op.get_bind().dialect.name, []):
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("resolution_progress")
    with op.batch_alter_table("resolution", schema=None) as batch_op:
        batch_op.drop_index("ix_resolution_state")

    op.drop_table("resolution")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS resolution_progress_append_only() CASCADE")
