"""Bring a database to the newest schema. Run by the command before the workers start, in one transaction.

Of several commands started together, on one machine or many, one migrates and the others wait: SQLite's transaction
takes the write lock when it begins, PostgreSQL's takes an advisory lock that ends with it.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from idp.kernel.refusal import Refused
from idp.store.database import MOVED, Database

#: Any number that nothing else in this database locks by.
_LOCK = text("SELECT pg_advisory_xact_lock(7391047)")
_FOLDER = Path(__file__).parent / "migrations"


def migrate(database: Database, revision: str = "head") -> None:
    """Migrate to the newest revision, or to another; refuse a newer version's database, or a moved one, by name."""
    config = _config()
    with database.together(), database.connection() as connection:
        if not database.is_sqlite:
            connection.execute(_LOCK)
        require_known(revision_of(connection))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def revision_of(connection: Connection) -> str:
    """Return the revision that a database is at; empty if it has none yet."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def head() -> str:
    """Return the newest revision of this version."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def require_known(revision: str) -> None:
    """Refuse a revision that this version doesn't know."""
    if revision.startswith(MOVED):
        raise Refused("database.moved")
    if revision and not is_known(revision):
        raise Refused("database.newer", revision=revision)


def is_known(revision: str) -> bool:
    return any(each.revision == revision for each in ScriptDirectory.from_config(_config()).walk_revisions())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config
