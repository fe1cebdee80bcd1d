"""The search index of names, kept by triggers, and the list's own indexes. Fills it for everybody on the roll."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": [
        'CREATE TRIGGER person_terms_insert AFTER INSERT ON person BEGIN INSERT INTO person_term (community_id, term, person_id)\nSELECT NEW.community_id, lower(substr(NEW.name, place.column1)), NEW.id FROM (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10),(11),(12),(13),(14),(15),(16),(17),(18),(19),(20),(21),(22),(23),(24),(25),(26),(27),(28),(29),(30),(31),(32),(33),(34),(35),(36),(37),(38),(39),(40),(41),(42),(43),(44),(45),(46),(47),(48),(49),(50),(51),(52),(53),(54),(55),(56),(57),(58),(59),(60)) AS place\nWHERE place.column1 <= length(NEW.name) AND substr(NEW.name, place.column1, 1) <> \' \'\nUNION SELECT NEW.community_id, (SELECT lower(group_concat(tail.value, \'\' ORDER BY tail.key)) FROM json_each(\'[\' || replace(json_quote(NEW.pinyin), \' \', \'","\') || \']\') AS tail\nWHERE tail.key >= head.key), NEW.id FROM json_each(\'[\' || replace(json_quote(NEW.pinyin), \' \', \'","\') || \']\') AS head WHERE head.value <> \'\'\nUNION SELECT NEW.community_id, (SELECT lower(group_concat(substr(tail.value, 1, 1), \'\' ORDER BY tail.key))\nFROM json_each(\'[\' || replace(json_quote(NEW.pinyin), \' \', \'","\') || \']\') AS tail WHERE tail.key >= head.key), NEW.id FROM json_each(\'[\' || replace(json_quote(NEW.pinyin), \' \', \'","\') || \']\') AS head WHERE head.value <> \'\'\nAND EXISTS (SELECT 1 FROM json_each(\'[\' || replace(json_quote(NEW.pinyin), \' \', \'","\') || \']\') AS later WHERE later.key > head.key AND later.value <> \'\'); END',
        'CREATE TRIGGER person_terms_update AFTER UPDATE OF name, pinyin ON person BEGIN DELETE FROM person_term WHERE community_id = OLD.community_id AND person_id = OLD.id; INSERT INTO person_term (community_id, term, person_id)\nSELECT NEW.community_id, lower(substr(NEW.name, place.column1)), NEW.id FROM (VALUES (1),(2),(3),(4),(5),(6),(7),(8),(9),(10),(11),(12),(13),(14),(15),(16),(17),(18),(19),(20),(21),(22),(23),(24),(25),(26),(27),(28),(29),(30),(31),(32),(33),(34),(35),(36),(37),(38),(39),(40),(41),(42),(43),(44),(45),(46),(47),(48),(49),(50),(51),(52),(53),(54),(55),(56),(57),(58),(59),(60)) AS place\nWHERE place.column1 <= length(NEW.name) AND substr(NEW.name, place.column1, 1) <> \' \'\nUNION SELECT NEW.community_id, (SELECT lower(group_concat(tail.value, \'\' ORDER BY tail.key)) FROM json_each(\'[\' || replace(json_quote(NEW.pinyin), \' \', \'","\') || \']\') AS tail\nWHERE tail.key >= head.key), NEW.id FROM json_each(\'[\' || replace(json_quote(NEW.pinyin), \' \', \'","\') || \']\') AS head WHERE head.value <> \'\'\nUNION SELECT NEW.community_id, (SELECT lower(group_concat(substr(tail.value, 1, 1), \'\' ORDER BY tail.key))\nFROM json_each(\'[\' || replace(json_quote(NEW.pinyin), \' \', \'","\') || \']\') AS tail WHERE tail.key >= head.key), NEW.id FROM json_each(\'[\' || replace(json_quote(NEW.pinyin), \' \', \'","\') || \']\') AS head WHERE head.value <> \'\'\nAND EXISTS (SELECT 1 FROM json_each(\'[\' || replace(json_quote(NEW.pinyin), \' \', \'","\') || \']\') AS later WHERE later.key > head.key AND later.value <> \'\'); END',
        'CREATE TRIGGER person_terms_delete AFTER DELETE ON person BEGIN DELETE FROM person_term WHERE community_id = OLD.community_id AND person_id = OLD.id; END',
    ],
    "postgresql": [
        'CREATE FUNCTION person_terms() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP <> \'INSERT\' THEN DELETE FROM person_term WHERE community_id = OLD.community_id AND person_id = OLD.id; END IF; IF TG_OP = \'DELETE\' THEN RETURN OLD; END IF; INSERT INTO person_term (community_id, term, person_id) WITH sound AS (SELECT said, turn FROM unnest(string_to_array(NEW.pinyin, \' \')) WITH ORDINALITY AS one (said, turn) WHERE said <> \'\') SELECT NEW.community_id, lower(substr(NEW.name, place) COLLATE "C"), NEW.id FROM generate_series(1, length(NEW.name)) AS place WHERE substr(NEW.name, place, 1) <> \' \' UNION SELECT NEW.community_id, (SELECT lower(string_agg(tail.said, \'\' ORDER BY tail.turn) COLLATE "C") FROM sound AS tail WHERE tail.turn >= head.turn), NEW.id FROM sound AS head UNION SELECT NEW.community_id, (SELECT lower(string_agg(substr(tail.said, 1, 1), \'\' ORDER BY tail.turn) COLLATE "C") FROM sound AS tail WHERE tail.turn >= head.turn), NEW.id FROM sound AS head WHERE EXISTS (SELECT 1 FROM sound AS later WHERE later.turn > head.turn); RETURN NEW; END $$; CREATE TRIGGER person_terms AFTER INSERT OR DELETE OR UPDATE OF name, pinyin ON person FOR EACH ROW EXECUTE FUNCTION person_terms()',
    ],
}
LISTED = ["community_id", "pinyin", "id", "status", "grid_id", "unit_id", "is_volunteer", "birth_year", "phone_last4"]


def upgrade() -> None:
    """Take the schema one step on."""
    dialect = op.get_bind().dialect.name
    op.create_table(
        "person_term",
        sa.Column("community_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "term",
            sa.String(length=120).with_variant(sa.String(length=120, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("person_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=False),
        sa.ForeignKeyConstraint(["community_id"], ["community.id"], name=op.f("fk_person_term_community_id")),
        sa.PrimaryKeyConstraint("community_id", "term", "person_id", name=op.f("pk_person_term")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_person_term_person", "person_term", ["community_id", "person_id"])
    # Plain CREATE and DROP INDEX: a batch would rebuild the table and lose its triggers on SQLite.
    op.drop_index("ix_person_name", table_name="person")
    op.create_index("ix_person_list", "person", LISTED)
    op.create_index("ix_person_last4", "person", ["community_id", "phone_last4"])
    for statement in TRIGGERS[dialect]:
        op.execute(sa.text(statement.replace(":", "\\:")))
    op.execute("UPDATE person SET pinyin = pinyin")  # the trigger writes the terms of everybody


def downgrade() -> None:
    """Take the step back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER person_terms ON person")
        op.execute("DROP FUNCTION person_terms()")
    else:
        for name in ("person_terms_insert", "person_terms_update", "person_terms_delete"):
            op.execute(f"DROP TRIGGER {name}")
    op.drop_index("ix_person_last4", table_name="person")
    op.drop_index("ix_person_list", table_name="person")
    op.create_index("ix_person_name", "person", ["community_id", "pinyin", "id"])
    op.drop_table("person_term")
