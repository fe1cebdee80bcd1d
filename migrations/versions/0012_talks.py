"""The tables of the room `talks`."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER talk_note_no_update BEFORE UPDATE ON talk_note BEGIN SELECT RAISE(ABORT, 'talk_note is append-only'); END",
        "CREATE TRIGGER talk_note_no_delete BEFORE DELETE ON talk_note BEGIN SELECT RAISE(ABORT, 'talk_note is append-only'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION talk_note_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'talk_note is append-only'; END $$; CREATE TRIGGER talk_note_append_only BEFORE UPDATE OR DELETE ON talk_note FOR EACH ROW EXECUTE FUNCTION talk_note_append_only(); CREATE TRIGGER talk_note_no_truncate BEFORE TRUNCATE ON talk_note FOR EACH STATEMENT EXECUTE FUNCTION talk_note_append_only()",
    ],
}


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "talk",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("place", sa.String(length=60), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("booked_minutes", sa.Integer(), nullable=False),
        sa.Column("notice_days", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("chair_id", sa.Integer(), nullable=True),
        sa.Column("recorder_id", sa.Integer(), nullable=True),
        sa.Column("first_teller_id", sa.Integer(), nullable=True),
        sa.Column("second_teller_id", sa.Integer(), nullable=True),
        sa.Column("quorum", sa.Integer(), nullable=True),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("adjourned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(length=120), nullable=True),
        sa.Column("planned_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'noticed', 'checkin', 'in_session', 'adjourned', 'cancelled')",
            name=op.f("ck_talk_state"),
        ),
        sa.CheckConstraint(
            "chair_id <> recorder_id AND chair_id <> first_teller_id AND chair_id <> second_teller_id AND recorder_id <> first_teller_id AND recorder_id <> second_teller_id AND first_teller_id <> second_teller_id",
            name=op.f("ck_talk_four_people"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "chair_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_talk_community_id_chair_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "first_teller_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_talk_community_id_first_teller_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "recorder_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_talk_community_id_recorder_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "second_teller_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_talk_community_id_second_teller_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_talk_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_talk_community_id_id")),
        sa.UniqueConstraint("community_id", "number", name=op.f("uq_talk_community_id_number")),
    )
    with op.batch_alter_table("talk", schema=None) as batch_op:
        batch_op.create_index("ix_talk_state", ["community_id", "state", "starts_at"], unique=False)

    op.create_table(
        "agenda_item",
        sa.Column("talk_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("state IN ('pending', 'active', 'done', 'deferred')", name=op.f("ck_agenda_item_state")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_agenda_item_minutes")),
        sa.ForeignKeyConstraint(
            ["community_id", "talk_id"],
            ["talk.community_id", "talk.id"],
            name=op.f("fk_agenda_item_community_id_talk_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_agenda_item_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_agenda_item_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "talk_id", "position", name=op.f("uq_agenda_item_community_id_talk_id_position")
        ),
    )
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.create_index(
            "uq_agenda_item_active",
            ["community_id", "talk_id"],
            unique=True,
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )

    op.create_table(
        "talk_attendance",
        sa.Column("talk_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("channel IN ('phone', 'desk')", name=op.f("ck_talk_attendance_channel")),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_talk_attendance_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "talk_id"],
            ["talk.community_id", "talk.id"],
            name=op.f("fk_talk_attendance_community_id_talk_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "unit_id"],
            ["unit.community_id", "unit.id"],
            name=op.f("fk_talk_attendance_community_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_talk_attendance_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_attendance")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_talk_attendance_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "talk_id", "person_id", name=op.f("uq_talk_attendance_community_id_talk_id_person_id")
        ),
    )
    op.create_table(
        "talk_note",
        sa.Column("talk_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_talk_note_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "talk_id"],
            ["talk.community_id", "talk.id"],
            name=op.f("fk_talk_note_community_id_talk_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_talk_note_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_note")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_talk_note_community_id_id")),
        sa.UniqueConstraint("community_id", "talk_id", "key", name=op.f("uq_talk_note_community_id_talk_id_key")),
    )
    op.create_table(
        "motion",
        sa.Column("agenda_item_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("owner_text", sa.String(length=60), nullable=False),
        sa.Column("roll", sa.String(length=10), nullable=False),
        sa.Column("proposed_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("roll IN ('present', 'all')", name=op.f("ck_motion_roll")),
        sa.ForeignKeyConstraint(
            ["community_id", "agenda_item_id"],
            ["agenda_item.community_id", "agenda_item.id"],
            name=op.f("fk_motion_community_id_agenda_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "proposed_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_motion_community_id_proposed_by"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_motion_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_motion_community_id_id")),
    )
    with op.batch_alter_table("motion", schema=None) as batch_op:
        batch_op.create_index("ix_motion_item", ["community_id", "agenda_item_id"], unique=False)

    op.create_table(
        "speaker_entry",
        sa.Column("talk_id", sa.Integer(), nullable=False),
        sa.Column("agenda_item_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("stance", sa.String(length=10), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("stance IN ('for', 'against', 'open')", name=op.f("ck_speaker_entry_stance")),
        sa.CheckConstraint(
            "state IN ('waiting', 'speaking', 'done', 'withdrawn', 'skipped')", name=op.f("ck_speaker_entry_state")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "agenda_item_id"],
            ["agenda_item.community_id", "agenda_item.id"],
            name=op.f("fk_speaker_entry_community_id_agenda_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_speaker_entry_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "talk_id"],
            ["talk.community_id", "talk.id"],
            name=op.f("fk_speaker_entry_community_id_talk_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_speaker_entry_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_speaker_entry")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_speaker_entry_community_id_id")),
    )
    with op.batch_alter_table("speaker_entry", schema=None) as batch_op:
        batch_op.create_index(
            "uq_speaker_entry_speaking",
            ["community_id", "talk_id"],
            unique=True,
            sqlite_where=sa.text("state = 'speaking'"),
            postgresql_where=sa.text("state = 'speaking'"),
        )
        batch_op.create_index(
            "uq_speaker_entry_waiting",
            ["community_id", "talk_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )

    for statement in TRIGGERS.get(op.get_bind().dialect.name, []):
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("speaker_entry", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_speaker_entry_waiting",
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )
        batch_op.drop_index(
            "uq_speaker_entry_speaking",
            sqlite_where=sa.text("state = 'speaking'"),
            postgresql_where=sa.text("state = 'speaking'"),
        )

    op.drop_table("speaker_entry")
    with op.batch_alter_table("motion", schema=None) as batch_op:
        batch_op.drop_index("ix_motion_item")

    op.drop_table("motion")
    op.drop_table("talk_note")
    op.drop_table("talk_attendance")
    with op.batch_alter_table("agenda_item", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_agenda_item_active",
            sqlite_where=sa.text("state = 'active'"),
            postgresql_where=sa.text("state = 'active'"),
        )

    op.drop_table("agenda_item")
    with op.batch_alter_table("talk", schema=None) as batch_op:
        batch_op.drop_index("ix_talk_state")

    op.drop_table("talk")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS talk_note_append_only() CASCADE")
