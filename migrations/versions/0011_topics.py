"""The tables of the room `topics`."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "topic_number",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_topic_number_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_number")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_topic_number_community_id_id")),
        sa.UniqueConstraint("community_id", "year", name=op.f("uq_topic_number_community_id_year")),
    )
    op.create_table(
        "agenda_round",
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("k", sa.Integer(), nullable=False),
        sa.Column("topic_ids", sa.JSON(), nullable=False),
        sa.Column("vote_id", sa.Integer(), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lots", sa.JSON(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("k BETWEEN 1 AND 12", name=op.f("ck_agenda_round_k")),
        sa.ForeignKeyConstraint(
            ["community_id", "vote_id"],
            ["vote.community_id", "vote.id"],
            name=op.f("fk_agenda_round_community_id_vote_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_agenda_round_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_round")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_agenda_round_community_id_id")),
    )
    op.create_table(
        "topic",
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("body", sa.String(length=1000), nullable=False),
        sa.Column("filed_by", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("is_named", sa.Boolean(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("reason_text", sa.String(length=200), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.Column("talk_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "state IN ('submitted', 'seconding', 'rejected', 'withdrawn', 'balloted', 'selected', 'not_selected', 'scheduled', 'resolved')",
            name=op.f("ck_topic_state"),
        ),
        sa.CheckConstraint("minutes >= 1", name=op.f("ck_topic_minutes")),
        sa.CheckConstraint("needed >= 1", name=op.f("ck_topic_needed")),
        sa.ForeignKeyConstraint(
            ["community_id", "filed_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_topic_community_id_filed_by"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "round_id"],
            ["agenda_round.community_id", "agenda_round.id"],
            name=op.f("fk_topic_community_id_round_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "unit_id"], ["unit.community_id", "unit.id"], name=op.f("fk_topic_community_id_unit_id")
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_topic_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_topic_community_id_id")),
        sa.UniqueConstraint("community_id", "year", "seq", name=op.f("uq_topic_community_id_year_seq")),
    )
    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.create_index("ix_topic_filed_by", ["community_id", "filed_by"], unique=False)
        batch_op.create_index("ix_topic_state", ["community_id", "state", "filed_at"], unique=False)

    op.create_table(
        "topic_rule",
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("needed BETWEEN 1 AND 500", name=op.f("ck_topic_rule_needed")),
        sa.ForeignKeyConstraint(
            ["community_id", "set_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_topic_rule_community_id_set_by"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_topic_rule_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_rule")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_topic_rule_community_id_id")),
    )
    with op.batch_alter_table("topic_rule", schema=None) as batch_op:
        batch_op.create_index("ix_topic_rule_valid_from", ["community_id", "valid_from"], unique=False)

    op.create_table(
        "topic_second",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_topic_second_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "topic_id"],
            ["topic.community_id", "topic.id"],
            name=op.f("fk_topic_second_community_id_topic_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "unit_id"],
            ["unit.community_id", "unit.id"],
            name=op.f("fk_topic_second_community_id_unit_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_topic_second_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_topic_second")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_topic_second_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "topic_id", "unit_id", name=op.f("uq_topic_second_community_id_topic_id_unit_id")
        ),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("topic_second")
    with op.batch_alter_table("topic_rule", schema=None) as batch_op:
        batch_op.drop_index("ix_topic_rule_valid_from")

    op.drop_table("topic_rule")
    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.drop_index("ix_topic_state")
        batch_op.drop_index("ix_topic_filed_by")

    op.drop_table("topic")
    op.drop_table("agenda_round")
    op.drop_table("topic_number")
