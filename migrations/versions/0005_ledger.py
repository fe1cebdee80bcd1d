"""The tables of the room `ledger`."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END",
        "CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger_entry is append-only'); END",
        "CREATE TRIGGER ledger_transfer_no_update BEFORE UPDATE ON ledger_transfer BEGIN SELECT RAISE(ABORT, 'ledger_transfer is append-only'); END",
        "CREATE TRIGGER ledger_transfer_no_delete BEFORE DELETE ON ledger_transfer BEGIN SELECT RAISE(ABORT, 'ledger_transfer is append-only'); END",
        "CREATE TRIGGER ledger_lot_use_no_update BEFORE UPDATE ON ledger_lot_use BEGIN SELECT RAISE(ABORT, 'ledger_lot_use is append-only'); END",
        "CREATE TRIGGER ledger_lot_use_no_delete BEFORE DELETE ON ledger_lot_use BEGIN SELECT RAISE(ABORT, 'ledger_lot_use is append-only'); END",
        "CREATE TRIGGER ledger_note_no_update BEFORE UPDATE ON ledger_note BEGIN SELECT RAISE(ABORT, 'ledger_note is append-only'); END",
        "CREATE TRIGGER ledger_note_no_delete BEFORE DELETE ON ledger_note BEGIN SELECT RAISE(ABORT, 'ledger_note is append-only'); END",
        "CREATE TRIGGER ledger_transfer_guard BEFORE INSERT ON ledger_transfer BEGIN SELECT RAISE(ABORT, 'ledger: amount') WHERE NEW.amount IS NULL OR NEW.amount <= 0; SELECT RAISE(ABORT, 'ledger: account') WHERE NOT EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = NEW.debit_id AND a.community_id = NEW.community_id) OR NOT EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = NEW.credit_id AND a.community_id = NEW.community_id); SELECT RAISE(ABORT, 'ledger: entry') WHERE NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = NEW.entry_id AND e.community_id = NEW.community_id); SELECT RAISE(ABORT, 'ledger: overdraft') WHERE EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = NEW.debit_id AND a.kind IN ('person', 'held') AND COALESCE(CASE WHEN COALESCE((SELECT max(id) FROM ledger_transfer WHERE debit_id = NEW.debit_id), 0) > COALESCE((SELECT max(id) FROM ledger_transfer WHERE credit_id = NEW.debit_id), 0) THEN (SELECT debit_after FROM ledger_transfer WHERE id = COALESCE((SELECT max(id) FROM ledger_transfer WHERE debit_id = NEW.debit_id), 0)) ELSE (SELECT credit_after FROM ledger_transfer WHERE id = COALESCE((SELECT max(id) FROM ledger_transfer WHERE credit_id = NEW.debit_id), 0)) END, 0) < NEW.amount); SELECT RAISE(ABORT, 'ledger: balance') WHERE EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = NEW.debit_id AND (a.balance IS DISTINCT FROM NEW.debit_after OR (a.balance IS NOT NULL AND NEW.debit_after <> COALESCE(CASE WHEN COALESCE((SELECT max(id) FROM ledger_transfer WHERE debit_id = NEW.debit_id), 0) > COALESCE((SELECT max(id) FROM ledger_transfer WHERE credit_id = NEW.debit_id), 0) THEN (SELECT debit_after FROM ledger_transfer WHERE id = COALESCE((SELECT max(id) FROM ledger_transfer WHERE debit_id = NEW.debit_id), 0)) ELSE (SELECT credit_after FROM ledger_transfer WHERE id = COALESCE((SELECT max(id) FROM ledger_transfer WHERE credit_id = NEW.debit_id), 0)) END, 0) - NEW.amount))) OR EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = NEW.credit_id AND (a.balance IS DISTINCT FROM NEW.credit_after OR (a.balance IS NOT NULL AND NEW.credit_after <> COALESCE(CASE WHEN COALESCE((SELECT max(id) FROM ledger_transfer WHERE debit_id = NEW.credit_id), 0) > COALESCE((SELECT max(id) FROM ledger_transfer WHERE credit_id = NEW.credit_id), 0) THEN (SELECT debit_after FROM ledger_transfer WHERE id = COALESCE((SELECT max(id) FROM ledger_transfer WHERE debit_id = NEW.credit_id), 0)) ELSE (SELECT credit_after FROM ledger_transfer WHERE id = COALESCE((SELECT max(id) FROM ledger_transfer WHERE credit_id = NEW.credit_id), 0)) END, 0) + NEW.amount))); END",
        "CREATE TRIGGER ledger_entry_guard BEFORE INSERT ON ledger_entry BEGIN SELECT RAISE(ABORT, 'ledger: source') WHERE EXISTS (SELECT 1 FROM ledger_entry e WHERE e.community_id = NEW.community_id AND e.source = NEW.source); SELECT RAISE(ABORT, 'ledger: reversed already') WHERE EXISTS (SELECT 1 FROM ledger_entry e WHERE e.reverses_id = NEW.reverses_id); SELECT RAISE(ABORT, 'ledger: settled already') WHERE EXISTS (SELECT 1 FROM ledger_entry e WHERE e.settles_id = NEW.settles_id); SELECT RAISE(ABORT, 'ledger: chain') WHERE NOT EXISTS (SELECT 1 FROM ledger_head h WHERE h.community_id = NEW.community_id AND h.seq = NEW.seq - 1 AND h.hash = NEW.prev_hash); END",
        "CREATE TRIGGER ledger_head_guard BEFORE UPDATE ON ledger_head BEGIN SELECT RAISE(ABORT, 'ledger: head') WHERE NEW.id <> OLD.id OR NEW.community_id <> OLD.community_id OR NEW.seq <> OLD.seq + 1 OR NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.community_id = NEW.community_id AND e.seq = NEW.seq AND e.hash = NEW.hash); END",
        "CREATE TRIGGER ledger_lot_fixed BEFORE UPDATE ON ledger_lot BEGIN SELECT RAISE(ABORT, 'ledger: lot') WHERE NEW.id <> OLD.id OR NEW.community_id <> OLD.community_id OR NEW.account_id <> OLD.account_id OR NEW.transfer_id <> OLD.transfer_id OR NEW.origin_id IS DISTINCT FROM OLD.origin_id OR NEW.expires_on <> OLD.expires_on OR NEW.amount <> OLD.amount OR NEW.remaining < 0 OR NEW.remaining > OLD.amount; END",
        "CREATE TRIGGER ledger_account_fixed BEFORE UPDATE ON ledger_account BEGIN SELECT RAISE(ABORT, 'ledger: account') WHERE NEW.id <> OLD.id OR NEW.community_id <> OLD.community_id OR NEW.kind <> OLD.kind OR NEW.person_id IS DISTINCT FROM OLD.person_id; SELECT RAISE(ABORT, 'ledger: overdraft') WHERE NEW.kind IN ('person', 'held') AND NEW.balance < 0; END",
        "CREATE TRIGGER ledger_account_kept BEFORE DELETE ON ledger_account BEGIN SELECT RAISE(ABORT, 'ledger_account is kept for good') WHERE 1 = 1; END",
        "CREATE TRIGGER ledger_head_kept BEFORE DELETE ON ledger_head BEGIN SELECT RAISE(ABORT, 'ledger_head is kept for good') WHERE 1 = 1; END",
        "CREATE TRIGGER ledger_lot_kept BEFORE DELETE ON ledger_lot BEGIN SELECT RAISE(ABORT, 'ledger_lot is kept for good') WHERE 1 = 1; END",
    ],
    "postgresql": [
        "CREATE FUNCTION ledger_entry_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_entry is append-only'; END $$; CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_append_only(); CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON ledger_entry FOR EACH STATEMENT EXECUTE FUNCTION ledger_entry_append_only()",
        "CREATE FUNCTION ledger_transfer_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_transfer is append-only'; END $$; CREATE TRIGGER ledger_transfer_append_only BEFORE UPDATE OR DELETE ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_transfer_append_only(); CREATE TRIGGER ledger_transfer_no_truncate BEFORE TRUNCATE ON ledger_transfer FOR EACH STATEMENT EXECUTE FUNCTION ledger_transfer_append_only()",
        "CREATE FUNCTION ledger_lot_use_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_lot_use is append-only'; END $$; CREATE TRIGGER ledger_lot_use_append_only BEFORE UPDATE OR DELETE ON ledger_lot_use FOR EACH ROW EXECUTE FUNCTION ledger_lot_use_append_only(); CREATE TRIGGER ledger_lot_use_no_truncate BEFORE TRUNCATE ON ledger_lot_use FOR EACH STATEMENT EXECUTE FUNCTION ledger_lot_use_append_only()",
        "CREATE FUNCTION ledger_note_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'ledger_note is append-only'; END $$; CREATE TRIGGER ledger_note_append_only BEFORE UPDATE OR DELETE ON ledger_note FOR EACH ROW EXECUTE FUNCTION ledger_note_append_only(); CREATE TRIGGER ledger_note_no_truncate BEFORE TRUNCATE ON ledger_note FOR EACH STATEMENT EXECUTE FUNCTION ledger_note_append_only()",
        "CREATE FUNCTION ledger_transfer_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.amount IS NULL OR NEW.amount <= 0 THEN RAISE EXCEPTION 'ledger: amount'; END IF; IF NOT EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = NEW.debit_id AND a.community_id = NEW.community_id) OR NOT EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = NEW.credit_id AND a.community_id = NEW.community_id) THEN RAISE EXCEPTION 'ledger: account'; END IF; IF NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = NEW.entry_id AND e.community_id = NEW.community_id) THEN RAISE EXCEPTION 'ledger: entry'; END IF; IF EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = NEW.debit_id AND a.kind IN ('person', 'held') AND COALESCE(CASE WHEN COALESCE((SELECT max(id) FROM ledger_transfer WHERE debit_id = NEW.debit_id), 0) > COALESCE((SELECT max(id) FROM ledger_transfer WHERE credit_id = NEW.debit_id), 0) THEN (SELECT debit_after FROM ledger_transfer WHERE id = COALESCE((SELECT max(id) FROM ledger_transfer WHERE debit_id = NEW.debit_id), 0)) ELSE (SELECT credit_after FROM ledger_transfer WHERE id = COALESCE((SELECT max(id) FROM ledger_transfer WHERE credit_id = NEW.debit_id), 0)) END, 0) < NEW.amount) THEN RAISE EXCEPTION 'ledger: overdraft'; END IF; IF EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = NEW.debit_id AND (a.balance IS DISTINCT FROM NEW.debit_after OR (a.balance IS NOT NULL AND NEW.debit_after <> COALESCE(CASE WHEN COALESCE((SELECT max(id) FROM ledger_transfer WHERE debit_id = NEW.debit_id), 0) > COALESCE((SELECT max(id) FROM ledger_transfer WHERE credit_id = NEW.debit_id), 0) THEN (SELECT debit_after FROM ledger_transfer WHERE id = COALESCE((SELECT max(id) FROM ledger_transfer WHERE debit_id = NEW.debit_id), 0)) ELSE (SELECT credit_after FROM ledger_transfer WHERE id = COALESCE((SELECT max(id) FROM ledger_transfer WHERE credit_id = NEW.debit_id), 0)) END, 0) - NEW.amount))) OR EXISTS (SELECT 1 FROM ledger_account a WHERE a.id = NEW.credit_id AND (a.balance IS DISTINCT FROM NEW.credit_after OR (a.balance IS NOT NULL AND NEW.credit_after <> COALESCE(CASE WHEN COALESCE((SELECT max(id) FROM ledger_transfer WHERE debit_id = NEW.credit_id), 0) > COALESCE((SELECT max(id) FROM ledger_transfer WHERE credit_id = NEW.credit_id), 0) THEN (SELECT debit_after FROM ledger_transfer WHERE id = COALESCE((SELECT max(id) FROM ledger_transfer WHERE debit_id = NEW.credit_id), 0)) ELSE (SELECT credit_after FROM ledger_transfer WHERE id = COALESCE((SELECT max(id) FROM ledger_transfer WHERE credit_id = NEW.credit_id), 0)) END, 0) + NEW.amount))) THEN RAISE EXCEPTION 'ledger: balance'; END IF; RETURN NEW; END $$; CREATE TRIGGER ledger_transfer_guard BEFORE INSERT ON ledger_transfer FOR EACH ROW EXECUTE FUNCTION ledger_transfer_guard()",
        "CREATE FUNCTION ledger_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT 1 FROM ledger_entry e WHERE e.community_id = NEW.community_id AND e.source = NEW.source) THEN RAISE EXCEPTION 'ledger: source'; END IF; IF EXISTS (SELECT 1 FROM ledger_entry e WHERE e.reverses_id = NEW.reverses_id) THEN RAISE EXCEPTION 'ledger: reversed already'; END IF; IF EXISTS (SELECT 1 FROM ledger_entry e WHERE e.settles_id = NEW.settles_id) THEN RAISE EXCEPTION 'ledger: settled already'; END IF; IF NOT EXISTS (SELECT 1 FROM ledger_head h WHERE h.community_id = NEW.community_id AND h.seq = NEW.seq - 1 AND h.hash = NEW.prev_hash) THEN RAISE EXCEPTION 'ledger: chain'; END IF; RETURN NEW; END $$; CREATE TRIGGER ledger_entry_guard BEFORE INSERT ON ledger_entry FOR EACH ROW EXECUTE FUNCTION ledger_entry_guard()",
        "CREATE FUNCTION ledger_head_guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id <> OLD.id OR NEW.community_id <> OLD.community_id OR NEW.seq <> OLD.seq + 1 OR NOT EXISTS (SELECT 1 FROM ledger_entry e WHERE e.community_id = NEW.community_id AND e.seq = NEW.seq AND e.hash = NEW.hash) THEN RAISE EXCEPTION 'ledger: head'; END IF; RETURN NEW; END $$; CREATE TRIGGER ledger_head_guard BEFORE UPDATE ON ledger_head FOR EACH ROW EXECUTE FUNCTION ledger_head_guard()",
        "CREATE FUNCTION ledger_lot_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id <> OLD.id OR NEW.community_id <> OLD.community_id OR NEW.account_id <> OLD.account_id OR NEW.transfer_id <> OLD.transfer_id OR NEW.origin_id IS DISTINCT FROM OLD.origin_id OR NEW.expires_on <> OLD.expires_on OR NEW.amount <> OLD.amount OR NEW.remaining < 0 OR NEW.remaining > OLD.amount THEN RAISE EXCEPTION 'ledger: lot'; END IF; RETURN NEW; END $$; CREATE TRIGGER ledger_lot_fixed BEFORE UPDATE ON ledger_lot FOR EACH ROW EXECUTE FUNCTION ledger_lot_fixed()",
        "CREATE FUNCTION ledger_account_fixed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.id <> OLD.id OR NEW.community_id <> OLD.community_id OR NEW.kind <> OLD.kind OR NEW.person_id IS DISTINCT FROM OLD.person_id THEN RAISE EXCEPTION 'ledger: account'; END IF; IF NEW.kind IN ('person', 'held') AND NEW.balance < 0 THEN RAISE EXCEPTION 'ledger: overdraft'; END IF; RETURN NEW; END $$; CREATE TRIGGER ledger_account_fixed BEFORE UPDATE ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_account_fixed()",
        "CREATE FUNCTION ledger_account_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'ledger_account is kept for good'; END IF; RETURN OLD; END $$; CREATE TRIGGER ledger_account_kept BEFORE DELETE ON ledger_account FOR EACH ROW EXECUTE FUNCTION ledger_account_kept()",
        "CREATE FUNCTION ledger_head_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'ledger_head is kept for good'; END IF; RETURN OLD; END $$; CREATE TRIGGER ledger_head_kept BEFORE DELETE ON ledger_head FOR EACH ROW EXECUTE FUNCTION ledger_head_kept()",
        "CREATE FUNCTION ledger_lot_kept() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF 1 = 1 THEN RAISE EXCEPTION 'ledger_lot is kept for good'; END IF; RETURN OLD; END $$; CREATE TRIGGER ledger_lot_kept BEFORE DELETE ON ledger_lot FOR EACH ROW EXECUTE FUNCTION ledger_lot_kept()",
    ],
}


def upgrade() -> None:
    """Take the schema one step on."""
    op.create_table(
        "ledger_head",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_ledger_head_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_head")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ledger_head_community_id_id")),
        sa.UniqueConstraint("community_id", name=op.f("uq_ledger_head_community_id")),
    )
    op.create_table(
        "ledger_account",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("balance", sa.Integer(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(kind IN ('person', 'held', 'owed')) = (person_id IS NOT NULL)", name=op.f("ck_ledger_account_person")
        ),
        sa.CheckConstraint("kind <> 'owed' OR balance <= 0", name=op.f("ck_ledger_account_owed")),
        sa.CheckConstraint(
            "kind IN ('person', 'held', 'owed', 'issue', 'spent', 'expired')", name=op.f("ck_ledger_account_kind")
        ),
        sa.CheckConstraint(
            "kind NOT IN ('person', 'held') OR balance >= 0", name=op.f("ck_ledger_account_no_overdraft")
        ),
        sa.CheckConstraint("(person_id IS NULL) = (balance IS NULL)", name=op.f("ck_ledger_account_balance")),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_ledger_account_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_ledger_account_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_account")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ledger_account_community_id_id")),
        sa.UniqueConstraint(
            "community_id", "kind", "person_id", name=op.f("uq_ledger_account_community_id_kind_person_id")
        ),
    )
    with op.batch_alter_table("ledger_account", schema=None) as batch_op:
        batch_op.create_index(
            "uq_ledger_account_own",
            ["community_id", "kind"],
            unique=True,
            sqlite_where=sa.text("person_id IS NULL"),
            postgresql_where=sa.text("person_id IS NULL"),
        )

    op.create_table(
        "ledger_entry",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("settles_id", sa.Integer(), nullable=True),
        sa.Column("earned_on", sa.Date(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("approver_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note_hash", sa.String(length=64), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("(kind = 'reversal') = (reverses_id IS NOT NULL)", name=op.f("ck_ledger_entry_reverses")),
        sa.CheckConstraint(
            "(kind IN ('release', 'spend')) = (settles_id IS NOT NULL)", name=op.f("ck_ledger_entry_settles")
        ),
        sa.CheckConstraint(
            "kind IN ('award', 'hold', 'release', 'spend', 'expire', 'reversal')", name=op.f("ck_ledger_entry_kind")
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "person_id"],
            ["person.community_id", "person.id"],
            name=op.f("fk_ledger_entry_community_id_person_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "reverses_id"],
            ["ledger_entry.community_id", "ledger_entry.id"],
            name=op.f("fk_ledger_entry_community_id_reverses_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "settles_id"],
            ["ledger_entry.community_id", "ledger_entry.id"],
            name=op.f("fk_ledger_entry_community_id_settles_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_ledger_entry_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ledger_entry_community_id_id")),
        sa.UniqueConstraint("community_id", "seq", name=op.f("uq_ledger_entry_community_id_seq")),
        sa.UniqueConstraint("community_id", "source", name=op.f("uq_ledger_entry_community_id_source")),
        sa.UniqueConstraint("reverses_id", name=op.f("uq_ledger_entry_reverses_id")),
        sa.UniqueConstraint("settles_id", name=op.f("uq_ledger_entry_settles_id")),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_entry_person", ["community_id", "person_id", "seq"], unique=False)

    op.create_table(
        "ledger_note",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("memo", sa.String(length=120), nullable=False),
        sa.Column("basis", sa.JSON(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["community_id", "entry_id"],
            ["ledger_entry.community_id", "ledger_entry.id"],
            name=op.f("fk_ledger_note_community_id_entry_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_ledger_note_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_note")),
        sa.UniqueConstraint("community_id", "entry_id", name=op.f("uq_ledger_note_community_id_entry_id")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ledger_note_community_id_id")),
    )
    op.create_table(
        "ledger_transfer",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("debit_id", sa.Integer(), nullable=False),
        sa.Column("credit_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("debit_after", sa.Integer(), nullable=True),
        sa.Column("credit_after", sa.Integer(), nullable=True),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_transfer_amount")),
        sa.CheckConstraint("debit_id <> credit_id", name=op.f("ck_ledger_transfer_legs")),
        sa.ForeignKeyConstraint(
            ["community_id", "credit_id"],
            ["ledger_account.community_id", "ledger_account.id"],
            name=op.f("fk_ledger_transfer_community_id_credit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "debit_id"],
            ["ledger_account.community_id", "ledger_account.id"],
            name=op.f("fk_ledger_transfer_community_id_debit_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "entry_id"],
            ["ledger_entry.community_id", "ledger_entry.id"],
            name=op.f("fk_ledger_transfer_community_id_entry_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_ledger_transfer_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_transfer")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ledger_transfer_community_id_id")),
    )
    with op.batch_alter_table("ledger_transfer", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_transfer_credit", ["credit_id", "id"], unique=False)
        batch_op.create_index("ix_ledger_transfer_debit", ["debit_id", "id"], unique=False)
        batch_op.create_index("ix_ledger_transfer_entry", ["community_id", "entry_id"], unique=False)

    op.create_table(
        "ledger_lot",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("origin_id", sa.Integer(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_ledger_lot_amount")),
        sa.CheckConstraint("remaining BETWEEN 0 AND amount", name=op.f("ck_ledger_lot_remaining")),
        sa.ForeignKeyConstraint(
            ["community_id", "account_id"],
            ["ledger_account.community_id", "ledger_account.id"],
            name=op.f("fk_ledger_lot_community_id_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "origin_id"],
            ["ledger_lot.community_id", "ledger_lot.id"],
            name=op.f("fk_ledger_lot_community_id_origin_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "transfer_id"],
            ["ledger_transfer.community_id", "ledger_transfer.id"],
            name=op.f("fk_ledger_lot_community_id_transfer_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_ledger_lot_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_lot")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ledger_lot_community_id_id")),
    )
    with op.batch_alter_table("ledger_lot", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_lot_order", ["account_id", "expires_on", "id"], unique=False)
        batch_op.create_index("ix_ledger_lot_transfer", ["community_id", "transfer_id"], unique=False)

    op.create_table(
        "ledger_lot_use",
        sa.Column("transfer_id", sa.Integer(), nullable=False),
        sa.Column("lot_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint("points <> 0", name=op.f("ck_ledger_lot_use_points")),
        sa.ForeignKeyConstraint(
            ["community_id", "lot_id"],
            ["ledger_lot.community_id", "ledger_lot.id"],
            name=op.f("fk_ledger_lot_use_community_id_lot_id"),
        ),
        sa.ForeignKeyConstraint(
            ["community_id", "transfer_id"],
            ["ledger_transfer.community_id", "ledger_transfer.id"],
            name=op.f("fk_ledger_lot_use_community_id_transfer_id"),
        ),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_ledger_lot_use_community_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_lot_use")),
        sa.UniqueConstraint("community_id", "id", name=op.f("uq_ledger_lot_use_community_id_id")),
        sa.UniqueConstraint("transfer_id", "lot_id", name=op.f("uq_ledger_lot_use_transfer_id_lot_id")),
    )
    with op.batch_alter_table("ledger_lot_use", schema=None) as batch_op:
        batch_op.create_index("ix_ledger_lot_use_lot", ["community_id", "lot_id"], unique=False)

    for statement in TRIGGERS.get(op.get_bind().dialect.name, []):
        op.execute(sa.text(statement.replace(":", "\\:")))


def downgrade() -> None:
    """Take the step back."""
    with op.batch_alter_table("ledger_lot_use", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_lot_use_lot")

    op.drop_table("ledger_lot_use")
    with op.batch_alter_table("ledger_lot", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_lot_transfer")
        batch_op.drop_index("ix_ledger_lot_order")

    op.drop_table("ledger_lot")
    with op.batch_alter_table("ledger_transfer", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_transfer_entry")
        batch_op.drop_index("ix_ledger_transfer_debit")
        batch_op.drop_index("ix_ledger_transfer_credit")

    op.drop_table("ledger_transfer")
    op.drop_table("ledger_note")
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_entry_person")

    op.drop_table("ledger_entry")
    with op.batch_alter_table("ledger_account", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_ledger_account_own",
            sqlite_where=sa.text("person_id IS NULL"),
            postgresql_where=sa.text("person_id IS NULL"),
        )

    op.drop_table("ledger_account")
    op.drop_table("ledger_head")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS ledger_entry_append_only() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS ledger_transfer_append_only() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS ledger_lot_use_append_only() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS ledger_note_append_only() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS ledger_transfer_guard() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS ledger_entry_guard() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS ledger_head_guard() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS ledger_lot_fixed() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS ledger_account_fixed() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS ledger_account_kept() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS ledger_head_kept() CASCADE")
        op.execute("DROP FUNCTION IF EXISTS ledger_lot_kept() CASCADE")
