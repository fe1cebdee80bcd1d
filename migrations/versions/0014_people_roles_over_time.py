"""Roles above the community, roles handed over for some days, who verified a household tie, closed grids."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Take the schema one step on."""
    op.add_column("place", sa.Column("closed_on", sa.Date(), nullable=True))
    with op.batch_alter_table("tenancy", schema=None) as batch_op:
        batch_op.add_column(sa.Column("verified_by", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_tenancy_community_id_verified_by"),
            "person",
            ["community_id", "verified_by"],
            ["community_id", "id"],
        )
    op.create_table(
        "region_grant",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("region_id", sa.Integer(), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.Column("community_id", KEY, nullable=False),
        sa.CheckConstraint("role IN ('operator', 'district', 'street')", name=op.f("ck_region_grant_role")),
        sa.CheckConstraint("(role = 'operator') = (region_id IS NULL)", name=op.f("ck_region_grant_region")),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_region_grant_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["region_id"], ["region.id"], name=op.f("fk_region_grant_region_id")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_region_grant_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_grant")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_region_grant_community_id_id")),
    )
    op.create_index("ix_region_grant_person", "region_grant", ["community_id", "person_id"])
    op.create_table(
        "delegation",
        sa.Column("grant_id", sa.Integer(), nullable=False),
        sa.Column("holder_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", KEY, nullable=False),
        sa.Column("community_id", KEY, nullable=False),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_delegation_days")),
        sa.CheckConstraint("holder_id <> person_id", name=op.f("ck_delegation_two_persons")),
        sa.ForeignKeyConstraint(
            ["community_id", "grant_id"],
            ["role_grant.community_id", "role_grant.id"],
            name=op.f("fk_delegation_community_id_grant_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "holder_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_delegation_community_id_holder_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_delegation_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_delegation_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_delegation_community_id_id")),
    )
    op.create_index("ix_delegation_person", "delegation", ["community_id", "person_id"])
    op.create_index("ix_delegation_holder", "delegation", ["community_id", "holder_id"])


def downgrade() -> None:
    """Take the step back."""
    op.drop_table("delegation")
    op.drop_table("region_grant")
    with op.batch_alter_table("tenancy", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_tenancy_community_id_verified_by"), type_="foreignkey")
        batch_op.drop_column("verified_by")
    with op.batch_alter_table("place", schema=None) as batch_op:
        batch_op.drop_column("closed_on")
