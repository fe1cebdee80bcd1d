"""The tables of the room `people`."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "roll_mark",
        sa.Column("highest_person_id", sa.Integer(), nullable=False),
        sa.Column("highest_member_no", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_roll_mark_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_mark")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_roll_mark_community_id_id")),
    )
    op.create_table(
        "team",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_team_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_team_community_id_id")),
        sa.UniqueConstraint("community_id", "name", name=op.f("uq_team_community_id_name")),
    )
    op.create_table(
        "person",
        sa.Column("member_no", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("pinyin", sa.String(length=120), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.String(length=16), nullable=True),
        sa.Column("phone_last4", sa.String(length=4), nullable=True),
        sa.Column("birth_year", sa.Integer(), nullable=True),
        sa.Column("grid_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("is_volunteer", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("status IN ('applied', 'active', 'paused', 'closed')", name=op.f("ck_person_status")),
        sa.ForeignKeyConstraint(
            ["community_id", "grid_id"], ["place.community_id", "place.id"], name=op.f("fk_person_community_id_grid_id")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "unit_id"], ["unit.community_id", "unit.id"], name=op.f("fk_person_community_id_unit_id")
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_person_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_person_community_id_id")),
        sa.UniqueConstraint("community_id", "member_no", name=op.f("uq_person_community_id_member_no")),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index("ix_person_name", ["community_id", "pinyin", "id"], unique=False)
        batch_op.create_index("ix_person_phone", ["community_id", "phone_index"], unique=False)
        batch_op.create_index("ix_person_unit", ["community_id", "unit_id"], unique=False)

    op.create_table(
        "activation",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("printed_by", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_activation_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_activation_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activation")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_activation_code_hash")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_activation_community_id_id")),
    )
    with op.batch_alter_table("activation", schema=None) as batch_op:
        batch_op.create_index("ix_activation_person", ["community_id", "person_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=30), nullable=False),
        sa.Column("version", sa.String(length=20), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_consent_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_consent_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_consent_community_id_id")),
        sa.UniqueConstraint(
            "community_id",
            "person_id",
            "subject",
            "version",
            name=op.f("uq_consent_community_id_person_id_subject_version"),
        ),
    )
    op.create_table(
        "credential",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_credential_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_credential_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_credential_community_id_id")),
        sa.UniqueConstraint("community_id", "person_id", name=op.f("uq_credential_community_id_person_id")),
    )
    op.create_table(
        "device",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=60), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_device_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_device_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_device_community_id_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_device_token_hash")),
    )
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.create_index("ix_device_person", ["community_id", "person_id"], unique=False)

    op.create_table(
        "medium",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_medium_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_medium_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_medium")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_medium_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "person_id", "version", name=op.f("uq_medium_community_id_person_id_version")
        ),
        sa.UniqueConstraint("community_id", "token_hash", name=op.f("uq_medium_community_id_token_hash")),
    )
    op.create_table(
        "membership",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_membership_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "team_id"],
            ["team.community_id", "team.id"],
            name=op.f("fk_membership_community_id_team_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_membership_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_membership_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "team_id", "person_id", name=op.f("uq_membership_community_id_team_id_person_id")
        ),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index("ix_membership_person", ["community_id", "person_id"], unique=False)

    op.create_table(
        "phone_reveal",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "actor_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_phone_reveal_community_id_actor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_phone_reveal_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_phone_reveal_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_reveal")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_phone_reveal_community_id_id")),
    )
    with op.batch_alter_table("phone_reveal", schema=None) as batch_op:
        batch_op.create_index("ix_phone_reveal_actor", ["community_id", "actor_id", "at"], unique=False)
        batch_op.create_index("ix_phone_reveal_person", ["community_id", "person_id"], unique=False)

    op.create_table(
        "reset_code",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("tries BETWEEN 0 AND 5", name=op.f("ck_reset_code_tries")),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_reset_code_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_reset_code_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reset_code")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_reset_code_community_id_id")),
    )
    with op.batch_alter_table("reset_code", schema=None) as batch_op:
        batch_op.create_index("ix_reset_code_person", ["community_id", "person_id"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_role_grant_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "place_id"],
            ["place.community_id", "place.id"],
            name=op.f("fk_role_grant_community_id_place_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_role_grant_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_role_grant_community_id_id")),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index("ix_role_grant_person", ["community_id", "person_id"], unique=False)

    op.create_table(
        "tenancy",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("role IN ('owner', 'member', 'tenant')", name=op.f("ck_tenancy_role")),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_tenancy_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "unit_id"], ["unit.community_id", "unit.id"], name=op.f("fk_tenancy_community_id_unit_id")
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_tenancy_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenancy")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_tenancy_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "unit_id", "person_id", name=op.f("uq_tenancy_community_id_unit_id_person_id")
        ),
    )
    with op.batch_alter_table("tenancy", schema=None) as batch_op:
        batch_op.create_index("ix_tenancy_person", ["community_id", "person_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("tenancy", schema=None) as batch_op:
        batch_op.drop_index("ix_tenancy_person")

    op.drop_table("tenancy")
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.drop_index("ix_role_grant_person")

    op.drop_table("role_grant")
    with op.batch_alter_table("reset_code", schema=None) as batch_op:
        batch_op.drop_index("ix_reset_code_person")

    op.drop_table("reset_code")
    with op.batch_alter_table("phone_reveal", schema=None) as batch_op:
        batch_op.drop_index("ix_phone_reveal_person")
        batch_op.drop_index("ix_phone_reveal_actor")

    op.drop_table("phone_reveal")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index("ix_membership_person")

    op.drop_table("membership")
    op.drop_table("medium")
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_index("ix_device_person")

    op.drop_table("device")
    op.drop_table("credential")
    op.drop_table("consent")
    with op.batch_alter_table("activation", schema=None) as batch_op:
        batch_op.drop_index("ix_activation_person")

    op.drop_table("activation")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index("ix_person_unit")
        batch_op.drop_index("ix_person_phone")
        batch_op.drop_index("ix_person_name")

    op.drop_table("person")
    op.drop_table("team")
    op.drop_table("roll_mark")
