"""The index people are found by. The database keeps it itself, whoever writes a name (ADR 0028)."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engage.core.database import Base, BigKey, TenantMixin
from engage.core.ddl import register_ddl


class PersonTerm(TenantMixin, Base):
    """One thing a person's name begins with, from some syllable on: `people.finding.terms_of` says which.

    Derived from `person` and written by its triggers alone, so it has no foreign key to it and no id: nothing refers
    to a term, and whoever asks which rows hang on a person does not mean these.
    """

    __tablename__ = "person_term"
    __table_args__ = (
        Index("ix_person_term_person", "community_id", "person_id"),
        {"sqlite_with_rowid": False},
    )

    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), primary_key=True)
    # Ordered by bytes: "begins with" is a range, and both databases must agree where it ends.
    term: Mapped[str] = mapped_column(
        String(120).with_variant(String(120, collation="C"), "postgresql"), primary_key=True
    )
    person_id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)


_PLACES = ",".join(f"({n})" for n in range(1, 61))  # a name has at most 60 letters
_SOUNDS = """json_each('[' || replace(json_quote(NEW.pinyin), ' ', '","') || ']')"""
_SQLITE_TERMS = f"""\
INSERT INTO person_term (community_id, term, person_id)
SELECT NEW.community_id, lower(substr(NEW.name, place.column1)), NEW.id FROM (VALUES {_PLACES}) AS place
WHERE place.column1 <= length(NEW.name) AND substr(NEW.name, place.column1, 1) <> ' '
UNION SELECT NEW.community_id, (SELECT lower(group_concat(tail.value, '' ORDER BY tail.key)) FROM {_SOUNDS} AS tail
WHERE tail.key >= head.key), NEW.id FROM {_SOUNDS} AS head WHERE head.value <> ''
UNION SELECT NEW.community_id, (SELECT lower(group_concat(substr(tail.value, 1, 1), '' ORDER BY tail.key))
FROM {_SOUNDS} AS tail WHERE tail.key >= head.key), NEW.id FROM {_SOUNDS} AS head WHERE head.value <> ''
AND EXISTS (SELECT 1 FROM {_SOUNDS} AS later WHERE later.key > head.key AND later.value <> '')"""
_FORGET = "DELETE FROM person_term WHERE community_id = OLD.community_id AND person_id = OLD.id"

register_ddl(
    "person_terms_insert",
    table="person",
    sqlite=f"CREATE TRIGGER person_terms_insert AFTER INSERT ON person BEGIN {_SQLITE_TERMS}; END",
)
register_ddl(
    "person_terms_update",
    table="person",
    sqlite=(
        "CREATE TRIGGER person_terms_update AFTER UPDATE OF name, pinyin ON person "
        f"BEGIN {_FORGET}; {_SQLITE_TERMS}; END"
    ),
)
register_ddl(
    "person_terms_delete",
    table="person",
    sqlite=f"CREATE TRIGGER person_terms_delete AFTER DELETE ON person BEGIN {_FORGET}; END",
)
register_ddl(
    "person_terms",
    table="person",
    postgresql=(
        "CREATE FUNCTION person_terms() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF TG_OP <> 'INSERT' THEN {_FORGET}; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; "
        "INSERT INTO person_term (community_id, term, person_id) "
        "WITH sound AS (SELECT said, turn FROM unnest(string_to_array(NEW.pinyin, ' ')) WITH ORDINALITY AS one (said, turn) "
        "WHERE said <> '') "
        'SELECT NEW.community_id, lower(substr(NEW.name, place) COLLATE "C"), NEW.id '
        "FROM generate_series(1, length(NEW.name)) AS place WHERE substr(NEW.name, place, 1) <> ' ' "
        "UNION SELECT NEW.community_id, (SELECT lower(string_agg(tail.said, '' ORDER BY tail.turn) COLLATE \"C\") "
        "FROM sound AS tail WHERE tail.turn >= head.turn), NEW.id FROM sound AS head "
        "UNION SELECT NEW.community_id, (SELECT lower(string_agg(substr(tail.said, 1, 1), '' ORDER BY tail.turn) COLLATE \"C\") "
        "FROM sound AS tail WHERE tail.turn >= head.turn), NEW.id FROM sound AS head "
        "WHERE EXISTS (SELECT 1 FROM sound AS later WHERE later.turn > head.turn); "
        "RETURN NEW; END $$; "
        "CREATE TRIGGER person_terms AFTER INSERT OR DELETE OR UPDATE OF name, pinyin ON person "
        "FOR EACH ROW EXECUTE FUNCTION person_terms()"
    ),
)
