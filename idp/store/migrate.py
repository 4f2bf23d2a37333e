"""Bring a database to the newest schema. Run by the command before the workers start, in one transaction."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from idp.kernel.refusal import Refused
from idp.store.database import Database

_FOLDER = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Migrate to the newest revision; refuse a database from a newer version by name."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    script = ScriptDirectory.from_config(config)
    with database.together(), database.connection() as connection:
        present = MigrationContext.configure(connection).get_current_revision()
        if present is not None and present not in {revision.revision for revision in script.walk_revisions()}:
            raise Refused("database.newer", revision=present)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
