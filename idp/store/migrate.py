"""Bring a database to the newest schema. Run by the command before the workers start, in one transaction.

Of several commands started together, on one machine or many, one migrates and the others wait: SQLite's transaction
takes the write lock when it begins, PostgreSQL's takes an advisory lock that ends with it. Workers, which never
migrate, do without Alembic's memory.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from idp.kernel.refusal import Refused
from idp.store.database import MOVED, Database

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

#: Any number that nothing else in this database locks by.
_LOCK = text("SELECT pg_advisory_xact_lock(7391047)")
_FOLDER = Path(__file__).parent / "migrations"


def migrate(database: Database, revision: str = "head") -> None:
    """Migrate to the newest revision, or to another; refuse a newer version's database, or a moved one, by name."""
    from alembic import command

    config = _config()
    with database.together(), database.connection() as connection:
        if not database.is_sqlite:
            connection.execute(_LOCK)
        require_known(revision_of(connection))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def revision_of(connection: Connection) -> str:
    """Return the revision that a database is at; empty if it has none yet."""
    from alembic.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision() or ""


def head() -> str:
    """Return the newest revision of this version."""
    return _script().get_current_head() or ""


def require_known(revision: str) -> None:
    """Refuse a revision that this version doesn't know."""
    if revision.startswith(MOVED):
        raise Refused("database.moved")
    if revision and not is_known(revision):
        raise Refused("database.newer", revision=revision)


def is_known(revision: str) -> bool:
    return any(each.revision == revision for each in _script().walk_revisions())


def _script() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config())


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config
