"""Teams: profiles, leaders, applications, times that are over; and what people are trained in."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "team_profile",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=300), nullable=False),
        sa.Column("takes_in", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "place_id"],
            ["place.community_id", "place.id"],
            name=op.f("fk_team_profile_community_id_place_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "team_id"],
            ["team.community_id", "team.id"],
            name=op.f("fk_team_profile_community_id_team_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_team_profile_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_profile")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_team_profile_community_id_id")),
        sa.UniqueConstraint("community_id", "team_id", name=op.f("uq_team_profile_community_id_team_id")),
    )
    op.create_table(
        "former_membership",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_by", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("joined_on IS NULL OR left_on >= joined_on", name=op.f("ck_former_membership_days")),
        sa.ForeignKeyConstraint(
            ["community_id", "ended_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_former_membership_community_id_ended_by"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_former_membership_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "team_id"],
            ["team.community_id", "team.id"],
            name=op.f("fk_former_membership_community_id_team_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_former_membership_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_membership")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_former_membership_community_id_id")),
    )
    with op.batch_alter_table("former_membership", schema=None) as batch_op:
        batch_op.create_index("ix_former_membership_person", ["community_id", "person_id", "id"], unique=False)
        batch_op.create_index("ix_former_membership_team", ["community_id", "team_id", "id"], unique=False)

    op.create_table(
        "qualification",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("trained_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("given_by_id", sa.Integer(), nullable=True),
        sa.Column("given_by", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.Column("revoke_reason", sa.String(length=120), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(given_by_id IS NULL) <> (given_by = '')", name=op.f("ck_qualification_giver")),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoke_reason = '')", name=op.f("ck_qualification_revoked")),
        sa.CheckConstraint("expires_on IS NULL OR expires_on > trained_on", name=op.f("ck_qualification_days")),
        sa.CheckConstraint("given_by_id IS NULL OR given_by_id <> person_id", name=op.f("ck_qualification_own")),
        sa.CheckConstraint("recorded_by <> person_id", name=op.f("ck_qualification_own_record")),
        sa.ForeignKeyConstraint(
            ["community_id", "given_by_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_qualification_community_id_given_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_qualification_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "recorded_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_qualification_community_id_recorded_by"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "revoked_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_qualification_community_id_revoked_by"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_qualification_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_qualification_community_id_id")),
    )
    with op.batch_alter_table("qualification", schema=None) as batch_op:
        batch_op.create_index("ix_qualification_expiry", ["community_id", "expires_on", "id"], unique=False)
        batch_op.create_index(
            "uq_qualification_once",
            ["community_id", "person_id", "kind", "trained_on"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "team_application",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state <> 'declined' OR reason <> ''", name=op.f("ck_team_application_reason")),
        sa.CheckConstraint(
            "state IN ('waiting', 'approved', 'declined', 'withdrawn')", name=op.f("ck_team_application_state")
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'declined') OR decided_by IS NOT NULL", name=op.f("ck_team_application_decided")
        ),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> person_id", name=op.f("ck_team_application_own")),
        sa.ForeignKeyConstraint(
            ["community_id", "decided_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_team_application_community_id_decided_by"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_team_application_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "team_id"],
            ["team.community_id", "team.id"],
            name=op.f("fk_team_application_community_id_team_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_team_application_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_application")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_team_application_community_id_id")),
    )
    with op.batch_alter_table("team_application", schema=None) as batch_op:
        batch_op.create_index("ix_team_application_person", ["community_id", "person_id", "id"], unique=False)
        batch_op.create_index("ix_team_application_state", ["community_id", "state", "id"], unique=False)
        batch_op.create_index(
            "uq_team_application_waiting",
            ["community_id", "team_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    op.create_table(
        "team_lead",
        sa.Column("team_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("named_by", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_team_lead_interval")),
        sa.ForeignKeyConstraint(
            ["community_id", "named_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_team_lead_community_id_named_by"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_team_lead_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "team_id"],
            ["team.community_id", "team.id"],
            name=op.f("fk_team_lead_community_id_team_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_team_lead_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_lead")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_team_lead_community_id_id")),
    )
    with op.batch_alter_table("team_lead", schema=None) as batch_op:
        batch_op.create_index("ix_team_lead_person", ["community_id", "person_id"], unique=False)
        batch_op.create_index(
            "uq_team_lead_now",
            ["community_id", "team_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("until IS NULL"),
            postgresql_where=sa.text("until IS NULL"),
        )

    # No batch: it would make the table anew, and others refer to it.
    op.add_column("team", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take the step back."""
    op.drop_column("team", "closed_at")
    with op.batch_alter_table("team_lead", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_team_lead_now", sqlite_where=sa.text("until IS NULL"), postgresql_where=sa.text("until IS NULL")
        )
        batch_op.drop_index("ix_team_lead_person")

    op.drop_table("team_lead")
    with op.batch_alter_table("team_application", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_team_application_waiting",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index("ix_team_application_state")
        batch_op.drop_index("ix_team_application_person")

    op.drop_table("team_application")
    with op.batch_alter_table("qualification", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_qualification_once",
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )
        batch_op.drop_index("ix_qualification_expiry")

    op.drop_table("qualification")
    with op.batch_alter_table("former_membership", schema=None) as batch_op:
        batch_op.drop_index("ix_former_membership_team")
        batch_op.drop_index("ix_former_membership_person")

    op.drop_table("former_membership")
    op.drop_table("team_profile")
