"""Bring a database to the newest schema. Run by the command before the workers start, in one transaction.

Of several commands started together, on one machine or many, one migrates and the others wait: SQLite's transaction
takes the write lock when it begins, PostgreSQL's takes an advisory lock that ends with it.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from idp.kernel.refusal import Refused
from idp.store.database import Database

#: Any number that nothing else in this database locks by.
_LOCK = text("SELECT pg_advisory_xact_lock(7391047)")
_FOLDER = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Migrate to the newest revision; refuse a database from a newer version by name."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    script = ScriptDirectory.from_config(config)
    with database.together(), database.connection() as connection:
        if not database.is_sqlite:
            connection.execute(_LOCK)
        present = MigrationContext.configure(connection).get_current_revision()
        if present is not None and present not in {revision.revision for revision in script.walk_revisions()}:
            raise Refused("database.newer", revision=present)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
