"""Epochs: what is issued after a restore is derived anew, and says in which books it was issued."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER epoch_no_update BEFORE UPDATE ON epoch BEGIN SELECT RAISE(ABORT, 'epoch is append-only'); END",
        "CREATE TRIGGER epoch_no_delete BEFORE DELETE ON epoch BEGIN SELECT RAISE(ABORT, 'epoch is append-only'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION epoch_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'epoch is append-only'; END $$; "
        "CREATE TRIGGER epoch_append_only BEFORE UPDATE OR DELETE ON epoch "
        "FOR EACH ROW EXECUTE FUNCTION epoch_append_only(); "
        "CREATE TRIGGER epoch_no_truncate BEFORE TRUNCATE ON epoch "
        "FOR EACH STATEMENT EXECUTE FUNCTION epoch_append_only()",
    ],
}


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "epoch",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("backup_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_epoch")),
        sa.UniqueConstraint("name", name=op.f("uq_epoch_name")),
    )
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
    op.add_column("medium", sa.Column("epoch", sa.String(length=16), server_default="", nullable=False))


def downgrade() -> None:
    """Take the step back."""
    op.drop_column("medium", "epoch")
    op.drop_table("epoch")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS epoch_append_only() CASCADE")
