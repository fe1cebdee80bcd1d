"""The day an assignment is to be done by, kept as a day: it is told in the reader's language.

Steps written before stay as they are, the day in Chinese within their text: steps are added, never changed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.add_column("resolution_progress", sa.Column("due_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    op.drop_column("resolution_progress", "due_on")
