"""A crowd in a PostgreSQL database, made by the server itself: so many residents, each signed in, with a grant."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Column, create_engine

from idp.assurance.acr import AcrRequest
from idp.clients.client import Client
from idp.clients.stored import metadata_of
from idp.store.tables.accounts import AccountRow, ContactRow, EvidenceRow, SessionRow
from idp.store.tables.clients import ClientRow, ClientTermRow
from idp.store.tables.columns import Base, Json, Moment
from idp.store.tables.grants import GrantRow

#: One client for so many residents.
CLIENTS = 10
#: Long after any test; in microseconds, as moments are kept.
_EVER = 4_000_000_000_000_000
_BEGUN = 1_790_000_000_000_000


def email(number: int) -> str:
    return f"resident{number}@example.ru"


def fill(url: str, number: int, everything: bool = True) -> None:
    """Add so many residents, a tenth as many clients, and let the server look at what it has.

    Every table that names an account has rows for all of them, so that none of it is quick to read as a whole; without
    ``everything`` only those tables that tokens and sign-ins read.
    """
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    document = Json().process_bind_param(metadata_of(Client("client", "Portal")), engine.dialect)
    wish = Json().process_bind_param(asdict(AcrRequest()), engine.dialect)
    clients = max(1, number // CLIENTS)
    name = "'resident' || n || '@example.ru'"
    live = {"expires_at": _EVER}
    contact = {"confirmed_at": _BEGUN, "added_at": _BEGUN}
    known: list[tuple[Any, int, dict[str, Any]]] = [
        (AccountRow, number, {"id": "md5('a' || n)", "login": name, "login_key": name, "locale": "'ru'"}),
        (ContactRow, number, {**contact, "kind": "'email'", "value": name}),
        (ContactRow, number, {**contact, "kind": "'phone'", "value": "'+7' || (9000000000 + n)"}),
        (EvidenceRow, number, {"kind": "'email'", "reference": "'crowd'"}),
        (SessionRow, number, {"id": "md5('s' || n)", **live}),
        (
            GrantRow,
            number,
            {
                "client_id": f"'client-' || n % {clients}",
                "session_id": "md5('s' || n)",
                "scope": """'["openid"]'""",
                "acr_request": f"'{wish}'",
                "claims_request": "'{}'",
                **live,
            },
        ),
        (ClientRow, clients, {"client_id": "'client-' || n", "metadata": f"'{document}'"}),
        (ClientTermRow, clients, {"kind": "'name'", "term": "'portal'", "client_id": "'client-' || n"}),
        (ClientTermRow, clients, {"kind": "'name'", "term": "n::text", "client_id": "'client-' || n"}),
    ]
    told = [(row.__table__, many, columns) for row, many, columns in known]
    rest = {table for table in Base.metadata.sorted_tables if "account_id" in table.columns}
    rest -= {table for table, _, _ in told}
    with engine.connect() as connection:
        # The rows fit each other by their making: no reference is looked up, a million times over.
        connection.exec_driver_sql("SET session_replication_role = replica")
        for table, many, columns in [*told, *((table, number, {}) for table in rest if everything)]:
            values = {column.name: str(columns.get(column.name, _any(column))) for column in table.columns}
            names = ", ".join(f'"{name}"' for name in values)
            made = f"SELECT {', '.join(values.values())} FROM generate_series(1, {many}) AS n"
            connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) {made}".replace("%", "%%"))
        connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()


def _any(column: Column[Any]) -> str:
    """Return what stands in a column of which nothing is said: its own value for each resident where it must differ."""
    if column.name == "account_id":
        return "md5('a' || n)"
    if column.primary_key or column.unique:
        # A table that is filled twice, as that of contacts is, gets other values the second time.
        return f"substr(md5(random()::text || n), 1, {getattr(column.type, 'length', 32)})"
    if column.nullable:
        return "NULL"
    if isinstance(column.type, Moment):
        return str(_BEGUN)
    if isinstance(column.type, Json):
        return "'[]'"
    return {str: "''", bool: "false", int: "0", float: "0"}[column.type.python_type]
