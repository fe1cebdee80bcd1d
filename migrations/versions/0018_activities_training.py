"""An activity may ask for a training before anybody signs up."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.add_column("activity", sa.Column("required_training", sa.String(length=20), server_default="", nullable=False))


def downgrade() -> None:
    """Take the step back."""
    op.drop_column("activity", "required_training")
