"""The words clients are found by, and pages of clients: every lookup is a range of an index."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, delete, insert, select

from idp.clients.client import Client
from idp.clients.terms import TermKind, folded, terms_of, words
from idp.store.client_rows import COLUMNS
from idp.store.database import Database
from idp.store.tables.clients import ClientRow, ClientTermRow

_WRITE = insert(ClientTermRow)
_FORGET = delete(ClientTermRow).where(ClientTermRow.client_id == bindparam("id"))
#: More words than this tell nothing more.
_MOST_WORDS = 5
_LAST = "\U0010ffff"


def write(database: Database, client: Client) -> None:
    """Put the client's words in place of those it had."""
    forget(database, client.client_id)
    for kind, term in terms_of(client):
        database.run(_WRITE, {"kind": kind.value, "term": term, "client_id": client.client_id})


def forget(database: Database, client_id: str) -> None:
    database.run(_FORGET, {"id": client_id})


def found(after: str, limit: int, name: str, owner: str) -> tuple[Select[Any], dict[str, Any]]:
    """Return statement and values of a page: clients behind ``after``, by id, that have every word and the owner."""
    asked = words(name)[:_MOST_WORDS]
    values: dict[str, Any] = {"after": after, "most": limit}
    for number, word in enumerate(asked):
        values |= {f"from_{number}": word, f"to_{number}": word + _LAST}
    if owner:
        values["owner"] = folded(owner)
    # What holds no word at all, such as a dash, is in no name.
    return _statement(len(asked), bool(owner), nothing=bool(name.strip()) and not asked), values


@cache
def _statement(number: int, owner: bool, nothing: bool) -> Select[Any]:
    wanted: list[ColumnElement[bool]] = [ClientRow.client_id > bindparam("after")]
    for at in range(number):
        prefix = ClientTermRow.term.between(bindparam(f"from_{at}"), bindparam(f"to_{at}"))
        wanted.append(_has(TermKind.NAME, prefix))
    if owner:
        wanted.append(_has(TermKind.OWNER, ClientTermRow.term == bindparam("owner")))
    if nothing:
        wanted.append(ClientRow.client_id == "")
    return select(*COLUMNS).where(*wanted).order_by(ClientRow.client_id).limit(bindparam("most", type_=Integer))


def _has(kind: TermKind, condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return ClientRow.client_id.in_(select(ClientTermRow.client_id).where(ClientTermRow.kind == kind.value, condition))
