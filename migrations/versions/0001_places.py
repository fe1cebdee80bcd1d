"""The tables of the room `places`."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "region",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("parent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.CheckConstraint("kind IN ('district', 'street')", name=op.f("ck_region_kind")),
        sa.ForeignKeyConstraint(["parent_id"], ["region.id"], name=op.f("fk_region_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region")),
        sa.UniqueConstraint("parent_id", "name", name=op.f("uq_region_parent_id_name")),
    )
    op.create_table(
        "community",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("region_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("desk_address", sa.String(length=120), nullable=False),
        sa.Column("desk_phone", sa.String(length=30), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_community_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_community")),
        sa.UniqueConstraint("name", name=op.f("uq_community_name")),
        sa.UniqueConstraint("slug", name=op.f("uq_community_slug")),
    )
    op.create_table(
        "place",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("kind IN ('grid', 'building')", name=op.f("ck_place_kind")),
        sa.ForeignKeyConstraint(
            ["community_id", "parent_id"],
            ["place.community_id", "place.id"],
            name=op.f("fk_place_community_id_parent_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_place_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_place_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "kind", "parent_id", "name", name=op.f("uq_place_community_id_kind_parent_id_name")
        ),
    )
    op.create_table(
        "unit",
        sa.Column("building_id", sa.Integer(), nullable=True),
        sa.Column("grid_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("area_centi", sa.Integer(), nullable=True),
        sa.Column("head_group", sa.String(length=20), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("area_centi > 0", name=op.f("ck_unit_area")),
        sa.ForeignKeyConstraint(
            ["community_id", "building_id"],
            ["place.community_id", "place.id"],
            name=op.f("fk_unit_community_id_building_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "grid_id"], ["place.community_id", "place.id"], name=op.f("fk_unit_community_id_grid_id")
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_unit_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_unit_community_id_id")),
        sa.UniqueConstraint("community_id", "label", name=op.f("uq_unit_community_id_label")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index("ix_unit_grid", ["community_id", "grid_id"], unique=False)


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index("ix_unit_grid")

    op.drop_table("unit")
    op.drop_table("place")
    op.drop_table("community")
    op.drop_table("region")
