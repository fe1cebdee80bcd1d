"""The tables of the room `territory`: splits and mergers of grids."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _own(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", KEY, nullable=False),
        sa.Column("community_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f(f"fk_{table}_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("community_id", "id", name=op.f(f"uq_{table}_community_id_id")),
    ]


def _to(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["community_id", column],
        [f"{parent}.community_id", f"{parent}.id"],
        name=op.f(f"fk_{table}_community_id_{column}"),
    )


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "grid_change",
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('split', 'merger')", name=op.f("ck_grid_change_kind")),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_by IS NULL)", name=op.f("ck_grid_change_undone")),
        _to("grid_change", "made_by", "person"),
        _to("grid_change", "undone_by", "person"),
        *_own("grid_change"),
    )
    op.create_index("ix_grid_change_made", "grid_change", ["community_id", "made_at"])
    op.create_table(
        "grid_change_side",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=3), nullable=False),
        sa.CheckConstraint("side IN ('old', 'new')", name=op.f("ck_grid_change_side_side")),
        _to("grid_change_side", "change_id", "grid_change"),
        _to("grid_change_side", "place_id", "place"),
        sa.UniqueConstraint(
            "community_id", "change_id", "place_id", name=op.f("uq_grid_change_side_community_id_change_id_place_id")
        ),
        *_own("grid_change_side"),
    )
    op.create_table(
        "grid_change_move",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=True),
        sa.Column("new_row_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('building', 'unit', 'person', 'role')", name=op.f("ck_grid_change_move_kind")),
        _to("grid_change_move", "change_id", "grid_change"),
        _to("grid_change_move", "from_id", "place"),
        _to("grid_change_move", "to_id", "place"),
        sa.UniqueConstraint(
            "community_id",
            "change_id",
            "kind",
            "row_id",
            name=op.f("uq_grid_change_move_community_id_change_id_kind_row_id"),
        ),
        *_own("grid_change_move"),
    )


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("grid_change_move")
    op.drop_table("grid_change_side")
    op.drop_table("grid_change")
