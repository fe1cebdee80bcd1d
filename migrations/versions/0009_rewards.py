"""The tables of the room `rewards`."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER stock_move_no_update BEFORE UPDATE ON stock_move BEGIN SELECT RAISE(ABORT, 'stock_move is append-only'); END",
        "CREATE TRIGGER stock_move_no_delete BEFORE DELETE ON stock_move BEGIN SELECT RAISE(ABORT, 'stock_move is append-only'); END",
    ],
    "postgresql": [
        "CREATE FUNCTION stock_move_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stock_move is append-only'; END $$; CREATE TRIGGER stock_move_append_only BEFORE UPDATE OR DELETE ON stock_move FOR EACH ROW EXECUTE FUNCTION stock_move_append_only(); CREATE TRIGGER stock_move_no_truncate BEFORE TRUNCATE ON stock_move FOR EACH STATEMENT EXECUTE FUNCTION stock_move_append_only()",
    ],
}


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "item",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("counter", sa.String(length=4), nullable=False),
        sa.Column("picture", sa.String(length=20), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("per_person", sa.Integer(), nullable=True),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_item_on_hand")),
        sa.CheckConstraint("per_person IS NULL OR per_person > 0", name=op.f("ck_item_per_person")),
        sa.CheckConstraint("price > 0", name=op.f("ck_item_price")),
        sa.CheckConstraint("reserved BETWEEN 0 AND on_hand", name=op.f("ck_item_reserved")),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_item_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_item_community_id_id")),
        sa.UniqueConstraint("community_id", "name", name=op.f("uq_item_community_id_name")),
    )
    op.create_table(
        "redemption",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("code_seed", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=16), nullable=False),
        sa.Column("reserved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(state = 'reserved') = (ended_at IS NULL)", name=op.f("ck_redemption_ended")),
        sa.CheckConstraint(
            "state IN ('reserved', 'collected', 'cancelled', 'lapsed')", name=op.f("ck_redemption_state")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "item_id"],
            ["item.community_id", "item.id"],
            name=op.f("fk_redemption_community_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_redemption_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_redemption_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption")),
        sa.UniqueConstraint("community_id", "code_hash", name=op.f("uq_redemption_community_id_code_hash")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_redemption_community_id_id")),
    )
    with op.batch_alter_table("redemption", schema=None) as batch_op:
        batch_op.create_index("ix_redemption_item", ["community_id", "item_id", "state", "expires_at"], unique=False)
        batch_op.create_index("ix_redemption_person", ["community_id", "person_id", "id"], unique=False)

    op.create_table(
        "stock_move",
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("redemption_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.String(length=80), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(kind = 'handed_out') = (redemption_id IS NOT NULL)", name=op.f("ck_stock_move_redemption")
        ),
        sa.CheckConstraint("kind IN ('received', 'counted', 'handed_out')", name=op.f("ck_stock_move_kind")),
        sa.ForeignKeyConstraint(
            ["community_id", "item_id"],
            ["item.community_id", "item.id"],
            name=op.f("fk_stock_move_community_id_item_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "redemption_id"],
            ["redemption.community_id", "redemption.id"],
            name=op.f("fk_stock_move_community_id_redemption_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_stock_move_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_move")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_stock_move_community_id_id")),
        sa.UniqueConstraint("redemption_id", name=op.f("uq_stock_move_redemption_id")),
    )
    with op.batch_alter_table("stock_move", schema=None) as batch_op:
        batch_op.create_index("ix_stock_move_item", ["community_id", "item_id", "id"], unique=False)

    for statement in TRIGGERS.get(op.get_bind().dialect.name, []):
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("stock_move", schema=None) as batch_op:
        batch_op.drop_index("ix_stock_move_item")

    op.drop_table("stock_move")
    with op.batch_alter_table("redemption", schema=None) as batch_op:
        batch_op.drop_index("ix_redemption_person")
        batch_op.drop_index("ix_redemption_item")

    op.drop_table("redemption")
    op.drop_table("item")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS stock_move_append_only() CASCADE")
