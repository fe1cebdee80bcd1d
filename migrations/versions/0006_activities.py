"""The tables of the room `activities`."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "activity",
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("nature", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("task", sa.String(length=400), nullable=False),
        sa.Column("insurance", sa.String(length=120), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("kind <> 'patrol' OR insurance <> ''", name=op.f("ck_activity_insured_patrol")),
        sa.CheckConstraint("kind IN ('patrol', 'service', 'training')", name=op.f("ck_activity_kind")),
        sa.CheckConstraint("nature IN ('volunteer', 'duty', 'drill')", name=op.f("ck_activity_nature")),
        sa.ForeignKeyConstraint(
            ["community_id", "created_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_activity_community_id_created_by"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "leader_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_activity_community_id_leader_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_activity_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_activity")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_activity_community_id_id")),
    )
    op.create_table(
        "shift",
        sa.Column("activity_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("joined", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=16), nullable=False),
        sa.Column("secret", sa.LargeBinary(length=32), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Integer(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=120), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shift_interval")),
        sa.CheckConstraint("joined >= 0 AND joined <= capacity", name=op.f("ck_shift_joined")),
        sa.ForeignKeyConstraint(
            ["community_id", "activity_id"],
            ["activity.community_id", "activity.id"],
            name=op.f("fk_shift_community_id_activity_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_shift_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_shift_community_id_id")),
        sa.UniqueConstraint("token", name=op.f("uq_shift_token")),
    )
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.create_index("ix_shift_activity", ["community_id", "activity_id"], unique=False)
        batch_op.create_index("ix_shift_start", ["community_id", "starts_at", "id"], unique=False)

    op.create_table(
        "sign_up",
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("queue_no", sa.Integer(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('joined', 'waitlisted', 'cannot_come', 'withdrawn')", name=op.f("ck_sign_up_state")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_sign_up_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "recorded_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_sign_up_community_id_recorded_by"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "shift_id"],
            ["shift.community_id", "shift.id"],
            name=op.f("fk_sign_up_community_id_shift_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_sign_up_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_sign_up_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "shift_id", "person_id", name=op.f("uq_sign_up_community_id_shift_id_person_id")
        ),
    )
    with op.batch_alter_table("sign_up", schema=None) as batch_op:
        batch_op.create_index("ix_sign_up_person", ["community_id", "person_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("sign_up", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_up_person")

    op.drop_table("sign_up")
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.drop_index("ix_shift_start")
        batch_op.drop_index("ix_shift_activity")

    op.drop_table("shift")
    op.drop_table("activity")
