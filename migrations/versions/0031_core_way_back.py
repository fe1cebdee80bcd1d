"""Indexes by which the rows that name a person or a door are found: an import of 20,000 is taken back in seconds."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

WAYS = (
    ("tenancy", "verified_by"),
    ("person_event", "actor_id"),
    ("medium", "revoked_by"),
    ("scan", "person_id"),
    ("service_session", "closed_by"),
    ("service_session", "decided_by"),
    ("sign_up", "recorded_by"),
    ("ledger_account", "person_id"),
    ("entitlement", "unit_id"),
    ("named_ballot", "unit_id"),
    ("talk_attendance", "person_id"),
    ("talk_attendance", "unit_id"),
    ("topic_second", "unit_id"),
    ("topic_second", "person_id"),
)


def upgrade() -> None:
    """Take the schema one step on. Rows that name nobody are left out of the index."""
    for table, column in WAYS:
        named = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            f"ix_{table}_{column}_back",
            table,
            ["community_id", column],
            sqlite_where=named,
            postgresql_where=named,
        )


def downgrade() -> None:
    """Take the schema one step back."""
    for table, column in reversed(WAYS):
        op.drop_index(f"ix_{table}_{column}_back", table)
