"""The tables of the room `attendance`."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER scan_no_update BEFORE UPDATE ON scan BEGIN SELECT RAISE(ABORT, 'scan is append-only'); END",
        "CREATE TRIGGER scan_no_delete BEFORE DELETE ON scan BEGIN SELECT RAISE(ABORT, 'scan is append-only'); END",
        "CREATE TRIGGER head_count_no_update BEFORE UPDATE ON head_count BEGIN SELECT RAISE(ABORT, 'head_count is append-only'); END",
        "CREATE TRIGGER head_count_no_delete BEFORE DELETE ON head_count BEGIN SELECT RAISE(ABORT, 'head_count is append-only'); END",
        "CREATE TRIGGER roll_closure_no_update BEFORE UPDATE ON roll_closure BEGIN SELECT RAISE(ABORT, 'roll_closure is append-only'); END",
        "CREATE TRIGGER roll_closure_no_delete BEFORE DELETE ON roll_closure BEGIN SELECT RAISE(ABORT, 'roll_closure is append-only'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION scan_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'scan is append-only'; END $$; CREATE TRIGGER scan_append_only BEFORE UPDATE OR DELETE ON scan FOR EACH ROW EXECUTE FUNCTION scan_append_only(); CREATE TRIGGER scan_no_truncate BEFORE TRUNCATE ON scan FOR EACH STATEMENT EXECUTE FUNCTION scan_append_only()",
        "CREATE FUNCTION head_count_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'head_count is append-only'; END $$; CREATE TRIGGER head_count_append_only BEFORE UPDATE OR DELETE ON head_count FOR EACH ROW EXECUTE FUNCTION head_count_append_only(); CREATE TRIGGER head_count_no_truncate BEFORE TRUNCATE ON head_count FOR EACH STATEMENT EXECUTE FUNCTION head_count_append_only()",
        "CREATE FUNCTION roll_closure_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'roll_closure is append-only'; END $$; CREATE TRIGGER roll_closure_append_only BEFORE UPDATE OR DELETE ON roll_closure FOR EACH ROW EXECUTE FUNCTION roll_closure_append_only(); CREATE TRIGGER roll_closure_no_truncate BEFORE TRUNCATE ON roll_closure FOR EACH STATEMENT EXECUTE FUNCTION roll_closure_append_only()",
    ],
}


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "head_count",
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("checked_in", sa.Integer(), nullable=False),
        sa.Column("counted_by", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_head_count_counted")),
        sa.ForeignKeyConstraint(
            ["community_id", "counted_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_head_count_community_id_counted_by"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "shift_id"],
            ["shift.community_id", "shift.id"],
            name=op.f("fk_head_count_community_id_shift_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_head_count_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_head_count")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_head_count_community_id_id")),
        sa.UniqueConstraint("community_id", "shift_id", name=op.f("uq_head_count_community_id_shift_id")),
    )
    op.create_table(
        "roll_closure",
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "closed_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_roll_closure_community_id_closed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "shift_id"],
            ["shift.community_id", "shift.id"],
            name=op.f("fk_roll_closure_community_id_shift_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_roll_closure_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roll_closure")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_roll_closure_community_id_id")),
        sa.UniqueConstraint("community_id", "shift_id", name=op.f("uq_roll_closure_community_id_shift_id")),
    )
    op.create_table(
        "scan",
        sa.Column("client_event_id", sa.String(length=64), nullable=False),
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("by_person_id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("medium", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=3), nullable=False),
        sa.Column("slot_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("effective_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("flags", sa.String(length=120), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("grade IN ('A', '0', '1', '2', '3', '4')", name=op.f("ck_scan_grade")),
        sa.CheckConstraint("kind IN ('in', 'out')", name=op.f("ck_scan_kind")),
        sa.CheckConstraint("medium IN ('typed', 'qr', 'card', 'number', 'mark')", name=op.f("ck_scan_medium")),
        sa.ForeignKeyConstraint(
            ["community_id", "by_person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_scan_community_id_by_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_scan_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "shift_id"], ["shift.community_id", "shift.id"], name=op.f("fk_scan_community_id_shift_id")
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_scan_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint(
            "community_id",
            "by_person_id",
            "client_event_id",
            name=op.f("uq_scan_community_id_by_person_id_client_event_id"),
        ),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_scan_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "shift_id", "person_id", "kind", name=op.f("uq_scan_community_id_shift_id_person_id_kind")
        ),
    )
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.create_index("ix_scan_device", ["community_id", "device_id", "received_at"], unique=False)

    op.create_table(
        "service_session",
        sa.Column("shift_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(length=1), nullable=False),
        sa.Column("flags", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("closed_by", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state = 'open' OR (started_at IS NOT NULL AND ended_at IS NOT NULL)",
            name=op.f("ck_service_session_closed"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'proposed', 'approved', 'refused', 'voided')", name=op.f("ck_service_session_state")
        ),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> person_id", name=op.f("ck_service_session_own")),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_service_session_minutes")),
        sa.ForeignKeyConstraint(
            ["community_id", "closed_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_service_session_community_id_closed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "decided_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_service_session_community_id_decided_by"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_service_session_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "shift_id"],
            ["shift.community_id", "shift.id"],
            name=op.f("fk_service_session_community_id_shift_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_service_session_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_session")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_service_session_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "shift_id", "person_id", name=op.f("uq_service_session_community_id_shift_id_person_id")
        ),
    )
    with op.batch_alter_table("service_session", schema=None) as batch_op:
        batch_op.create_index("ix_service_session_person", ["community_id", "person_id", "started_at"], unique=False)
        batch_op.create_index("ix_service_session_state", ["community_id", "state", "id"], unique=False)

    for statement in TRIGGERS.get(op.get_bind().dialect.name, []):
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("service_session", schema=None) as batch_op:
        batch_op.drop_index("ix_service_session_state")
        batch_op.drop_index("ix_service_session_person")

    op.drop_table("service_session")
    with op.batch_alter_table("scan", schema=None) as batch_op:
        batch_op.drop_index("ix_scan_device")

    op.drop_table("scan")
    op.drop_table("roll_closure")
    op.drop_table("head_count")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS scan_append_only() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS head_count_append_only() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS roll_closure_append_only() CASCADE")
