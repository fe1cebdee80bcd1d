"""Sign-in in depth: PIN, lock and confirmation on devices; passkeys; help at the desk; codes asked for by phone."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the schema one step on. Columns are added one by one: SQLite needs no copy of the table for that."""
    op.add_column("device", sa.Column("shared", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("device", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("device", sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("device", sa.Column("pin_hash", sa.String(length=200), nullable=True))
    op.add_column("device", sa.Column("pin_tries", sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "passkey",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.String(length=1400), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.Column("community_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_passkey_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_passkey_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_passkey_community_id_id")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index("ix_passkey_person", "passkey", ["community_id", "person_id"])
    op.create_table(
        "assistance",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("helper_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("known_by", sa.String(length=10), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.Column("community_id", KEY, nullable=False),
        sa.CheckConstraint("known_by IN ('card', 'number')", name=op.f("ck_assistance_known_by")),
        sa.CheckConstraint("person_id <> helper_id", name=op.f("ck_assistance_two_persons")),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_assistance_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "helper_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_assistance_community_id_helper_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "device_id"],
            ["device.community_id", "device.id"],
            name=op.f("fk_assistance_community_id_device_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_assistance_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistance")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_assistance_community_id_id")),
    )
    op.create_index("ix_assistance_device", "assistance", ["community_id", "device_id"])
    op.create_index("ix_assistance_person", "assistance", ["community_id", "person_id"])
    # Codes live ten minutes: those under way are asked for again.
    op.drop_index("ix_reset_code_person", table_name="reset_code")
    op.drop_table("reset_code")
    op.create_table(
        "reset_request",
        sa.Column("phone_index", sa.String(length=16), nullable=False),
        *_code_columns("reset_request"),
    )
    op.create_index("ix_reset_request_phone", "reset_request", ["community_id", "phone_index"])


def _code_columns(table: str) -> list:
    return [
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.Column("community_id", KEY, nullable=False),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f(f"ck_{table}_tries")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f(f"fk_{table}_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("community_id", "id", name=op.f(f"uq_{table}_community_id_id")),
    ]


def downgrade() -> None:
    """Take the step back."""
    op.drop_index("ix_reset_request_phone", table_name="reset_request")
    op.drop_table("reset_request")
    op.create_table(
        "reset_code",
        sa.Column("person_id", sa.Integer(), nullable=False),
        *_code_columns("reset_code"),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_reset_code_community_id_person_id"),
        ),
    )
    op.create_index("ix_reset_code_person", "reset_code", ["community_id", "person_id"])
    for name in ("ix_assistance_person", "ix_assistance_device"):
        op.drop_index(name, table_name="assistance")
    op.drop_table("assistance")
    op.drop_index("ix_passkey_person", table_name="passkey")
    op.drop_table("passkey")
    for column in ("pin_tries", "pin_hash", "locked_at", "confirmed_at", "shared"):
        op.drop_column("device", column)
