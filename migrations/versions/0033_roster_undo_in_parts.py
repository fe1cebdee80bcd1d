"""An undo of an import that goes in parts: when it began, and how far it is."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.add_column("roster_batch", sa.Column("undo_began_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("roster_batch", sa.Column("undo_progress", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    op.drop_column("roster_batch", "undo_progress")
    op.drop_column("roster_batch", "undo_began_at")
