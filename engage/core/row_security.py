"""The fence inside PostgreSQL: policies on every tenant table, and what the application's role may do (trust L2, ADR 0023).

Read from the database's own catalogue after each migration, so that no new table can be left outside.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from engage.core.database import Base
from engage.core.ddl import RESTRICTED, Restriction

#: the rows of the community this transaction works for; none when it was told of none
OWN = "community_id = (SELECT nullif(current_setting('app.community', true), '')::bigint)"
#: reading, never writing, across communities: declared by `tenancy.everywhere(reason=…)`
EVERYWHERE = "(SELECT current_setting('app.everywhere', true) = 'on')"
POLICIES = {
    "own_community": f"FOR ALL USING ({OWN}) WITH CHECK ({OWN})",
    "read_everywhere": f"FOR SELECT USING ({EVERYWHERE})",
}

_TENANT_TABLES = text(
    "SELECT c.relname AS name, c.relrowsecurity AND c.relforcerowsecurity AS closed, "
    "ARRAY(SELECT polname::text FROM pg_policy WHERE polrelid = c.oid ORDER BY 1) AS policies "
    "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'community_id' AND NOT a.attisdropped "
    "WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') ORDER BY 1"
)
_MAY_BYPASS = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")


def open_for_owner(connection: Connection) -> None:
    """Let the tables' owner reach all rows until `close` is called in the same transaction: migrations move data."""
    if connection.scalar(_MAY_BYPASS):
        return
    for table in connection.execute(_TENANT_TABLES).all():
        if table.closed:
            connection.exec_driver_sql(f'ALTER TABLE "{table.name}" NO FORCE ROW LEVEL SECURITY')


def close(connection: Connection, *, app_role: str | None) -> None:
    """Put the fence around every tenant table, and give the application's role what it needs and no more.

    Runs as the owner, inside the caller's transaction. `app_role` is None where the application is the owner itself.
    """
    for table in connection.execute(_TENANT_TABLES).all():
        for name in POLICIES.keys() - set(table.policies):
            connection.exec_driver_sql(f'CREATE POLICY {name} ON "{table.name}" {POLICIES[name]}')
        if not table.closed:
            connection.exec_driver_sql(
                f'ALTER TABLE "{table.name}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY'
            )
    if app_role is not None:
        grant(connection, app_role=app_role)


def grant(connection: Connection, *, app_role: str) -> None:
    """Give the application's role its reviewed rights on every table that is there, and take all others away."""
    role = connection.dialect.identifier_preparer.quote_identifier(app_role)
    present = set(connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars())
    statements = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        *(
            f'GRANT {rights} ON "{table}" TO {role}'
            for table in sorted(present & set(Base.metadata.tables))
            for rights in rights_on(table)
        ),
    ]
    if "alembic_version" in present:
        statements.append(f"GRANT SELECT ON alembic_version TO {role}")
    for statement in statements:
        connection.exec_driver_sql(statement)


def _rights(table: str) -> list[str]:
    return rights_on(table) if table in Base.metadata.tables else ["SELECT"]


def rights_on(table: str) -> list[str]:
    """Return what the application may do with a table: what is written once can be read and added to, nothing else."""
    rule = RESTRICTED.get(table, Restriction(columns=None, delete=True))
    rights = ["SELECT", "INSERT"]
    if rule.columns is None:
        rights.append("UPDATE")
    elif rule.columns:
        rights.append(f"UPDATE ({', '.join(rule.columns)})")
    return [*rights, "DELETE"] if rule.delete else rights


def faults(connection: Connection) -> list[str]:
    """Return why the second fence would not hold for whoever this connection is; nothing when it holds."""
    me = connection.execute(
        text("SELECT current_user AS name, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
    ).one()
    found = [f"{me.name} is a superuser: row-level security does not bind it"] if me.rolsuper else []
    found += [f"{me.name} has BYPASSRLS"] if me.rolbypassrls and not me.rolsuper else []
    owned = connection.execute(
        text(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' "
            "AND pg_has_role(current_user, tableowner, 'MEMBER') ORDER BY 1"
        )
    ).scalars()
    if tables := list(owned):
        found.append(
            f"{me.name} owns {len(tables)} tables, {tables[0]} among them: it can change or switch off their guards"
        )
    for table in connection.execute(_TENANT_TABLES):
        if not table.closed or set(table.policies) != set(POLICIES):
            found.append(f"{table.name} is outside the fence")
    return found + _rights_too_many(connection)


def _rights_too_many(connection: Connection) -> list[str]:
    """Return what the role may do to tables beyond the reviewed list. Rights of single columns are told apart."""
    rows = connection.execute(
        text(
            "SELECT t.tablename AS name, r.act FROM pg_tables t, "
            "unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES']) AS r(act) "
            "WHERE t.schemaname = 'public' AND has_table_privilege(quote_ident(t.tablename), r.act) ORDER BY 1, 2"
        )
    )
    return [f"{row.act} on {row.name} is allowed" for row in rows if row.act not in _rights(row.name)]


def roles_sql(*, database: str, owner: str, app: str) -> str:
    """Return the statements an administrator runs once for a new installation, before the first migration."""
    return f"""-- Run once as a PostgreSQL administrator, e.g. psql -f. Choose two passwords of your own.
CREATE ROLE {owner} LOGIN PASSWORD 'change-me-1' CREATEDB;
CREATE ROLE {app} LOGIN PASSWORD 'change-me-2' NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOBYPASSRLS;
CREATE DATABASE {database} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE {database} FROM PUBLIC;
GRANT CONNECT ON DATABASE {database} TO {app};
\\connect {database}
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
"""
