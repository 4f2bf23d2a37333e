"""Migrations only expand (expand, then contract): the version before serves on while the next one migrates.

What a migration may do is add: tables, columns that need no value from an insert that doesn't know them, indexes,
unique ones on its own new tables alone. What it would take away, a migration of the release after next takes, when no
server that needs it can be running; it says so in ``CONTRACTS``.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from idp.store import migrate
from tests.house import ROOT, calls, name

FOLDER = ROOT / "idp" / "store" / "migrations" / "versions"
#: The newest schema of the last release; what came before was never served beside its successor.
RELEASED = "0003"
#: Migrations that take away what the release before last needed, each with what it takes.
CONTRACTS: dict[str, str] = {}
_ADDS = {"add_column", "create_table", "create_index", "execute", "bulk_insert", "f", "get_bind"}


def _new() -> list[Path]:
    return [
        path
        for path in sorted(FOLDER.glob("[0-9]*.py"))
        if path.name[:4] not in {*CONTRACTS} and path.name[:4] > RELEASED
    ]


def faults(path: Path) -> Iterator[str]:
    """Yield what a migration does that a server of the version before would not survive."""
    down = next(
        (node for node in ast.parse(path.read_text("utf-8")).body if getattr(node, "name", "") == "downgrade"), None
    )
    until = down.lineno if down is not None else 10_000
    acts = [(called, call) for called, call in calls(path) if call.lineno < until]
    made = {_text(call.args[0]) for called, call in acts if called == "create_table"}
    for called, call in acts:
        where = ast.unparse(call)[:100]
        ours = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) in ("op", "batch", "batch_op")
        if ours and called not in _ADDS:
            yield f"{where}: it does more than add"
        if called == "add_column" and not _needs_nothing(call.args[-1]):
            yield f"{where}: an insert that doesn't know the column fails; give it a server_default, or let it be null"
        unique = any(word.arg == "unique" and ast.unparse(word.value) == "True" for word in call.keywords)
        if called == "create_index" and unique and _text(call.args[1]) not in made:
            yield f"{where}: the version before may write what the index refuses"
        if called in ("execute", "text") and ours:
            words = set(_text(call.args[0]).upper().split())
            if words & {"DROP", "RENAME", "ALTER", "DELETE", "TRUNCATE"}:
                yield f"{where}: it does more than add"


def _text(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)


def _needs_nothing(column: ast.expr) -> bool:
    given = {word.arg: ast.unparse(word.value) for word in column.keywords} if isinstance(column, ast.Call) else {}
    return given.get("nullable", "True") == "True" or "server_default" in given


def test_migrations_since_the_last_release_only_expand() -> None:
    found = {name(path): told for path in _new() if (told := list(faults(path)))}
    assert not found, f"Expand now, contract a release later (docs/operate.md, Upgrades): {found}"
    known = {path.name[:4] for path in FOLDER.glob("[0-9]*.py")}
    assert RELEASED in known and known >= CONTRACTS.keys() and migrate.head() == max(known)


@pytest.mark.parametrize(
    "act",
    [
        'op.drop_column("accounts", "login")',
        'op.drop_table("accounts")',
        'op.rename_table("accounts", "people")',
        'op.alter_column("accounts", "login", nullable=False)',
        'op.drop_index("contacts_by_value")',
        'op.create_unique_constraint("one", "accounts", ["login"])',
        'op.create_index("one", "accounts", ["login"], unique=True)',
        'op.add_column("accounts", sa.Column("more", sa.Text(), nullable=False))',
        'op.execute("ALTER TABLE accounts RENAME login TO name")',
        'op.execute("DELETE FROM accounts")',
    ],
)
def test_what_takes_away_is_found(act: str, tmp_path: Path) -> None:
    path = tmp_path / "9999_next.py"
    path.write_text(f'"""The next."""\n\n\ndef upgrade() -> None:\n    {act}\n')
    assert list(faults(path))


@pytest.mark.parametrize(
    "act",
    [
        'op.add_column("accounts", sa.Column("more", sa.Text(), nullable=True))',
        'op.add_column("accounts", sa.Column("more", sa.Text(), nullable=False, server_default=""))',
        'op.create_index("some", "accounts", ["login"])',
        'op.execute("UPDATE accounts SET login = login")',
    ],
)
def test_what_only_adds_is_not(act: str, tmp_path: Path) -> None:
    path = tmp_path / "9999_next.py"
    back = 'def downgrade() -> None:\n    op.drop_table("x")\n'
    path.write_text(f'"""The next."""\n\n\ndef upgrade() -> None:\n    {act}\n\n\n{back}')
    assert not list(faults(path))
