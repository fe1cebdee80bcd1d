"""Saved views of the list of people, and changes made to many at once with what there was before."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "saved_view",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.Column("query", sa.String(length=300), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.Column("community_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_saved_view_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_saved_view_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_view")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_saved_view_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "person_id", "name", name=op.f("uq_saved_view_community_id_person_id_name")
        ),
    )
    op.create_table(
        "member_change",
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("team_id", sa.Integer(), nullable=True),
        sa.Column("grid_id", sa.Integer(), nullable=True),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("left_alone", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.Column("community_id", KEY, nullable=False),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_member_change_undone")),
        sa.ForeignKeyConstraint(
            ["community_id", "actor_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_member_change_community_id_actor_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "undone_by"],
            ["person.community_id", "person.id"],
            name=op.f("fk_member_change_community_id_undone_by"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "team_id"],
            ["team.community_id", "team.id"],
            name=op.f("fk_member_change_community_id_team_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "grid_id"],
            ["place.community_id", "place.id"],
            name=op.f("fk_member_change_community_id_grid_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_member_change_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_change")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_member_change_community_id_id")),
    )
    op.create_index("ix_member_change_at", "member_change", ["community_id", "at"])
    op.create_table(
        "member_change_line",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("grid_before", sa.Integer(), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.Column("community_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "change_id"],
            ["member_change.community_id", "member_change.id"],
            name=op.f("fk_member_change_line_community_id_change_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_member_change_line_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_member_change_line_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member_change_line")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_member_change_line_community_id_id")),
        sa.UniqueConstraint(
            "community_id",
            "change_id",
            "person_id",
            name=op.f("uq_member_change_line_community_id_change_id_person_id"),
        ),
    )
    op.create_index("ix_member_change_line_person", "member_change_line", ["community_id", "person_id"])


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("member_change_line")
    op.drop_table("member_change")
    op.drop_table("saved_view")
