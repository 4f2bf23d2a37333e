"""The only place where implementations are chosen: from settings to flows, for both doors, the jobs and the commands."""

from dataclasses import dataclass
from pathlib import Path

from idp.kernel.clock import Clock, utc_now
from idp.kernel.settings import Settings
from idp.keys.key_ring import KeyRing
from idp.store.database import Database
from idp.store.journal import Journal
from idp.store.migrate import migrate
from idp.store.short_lived import ShortLived
from idp.store.short_lived_file import ShortLivedFile


@dataclass(frozen=True, slots=True)
class Flows:
    """Everything that doors, jobs and commands may call. Made once in each process, after the fork."""

    settings: Settings
    now: Clock
    database: Database
    short_lived: ShortLived
    keys: KeyRing
    journal: Journal

    def close(self) -> None:
        self.short_lived.close()
        self.database.close()


def build(settings: Settings, now: Clock = utc_now) -> Flows:
    """Choose and connect everything the settings name."""
    database = Database(settings.database.url, pool_size=settings.server.threads + 4)
    return Flows(
        settings=settings,
        now=now,
        database=database,
        short_lived=ShortLivedFile(Path(settings.short_lived.url.removeprefix("file:"))),
        keys=KeyRing.open(Path(settings.keys.folder), settings.keys, now),
        journal=Journal(database, now),
    )


def prepare(settings: Settings) -> None:
    """Make once what all workers share: the folders, the schema, the keys. Run by a command before the fork.

    Codes of a short-lived file are forgotten: after a power cut a used one could have come back to life.
    """
    database = Database(settings.database.url)
    if database.is_sqlite and database.url.database:
        Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
    short_lived = ShortLivedFile(Path(settings.short_lived.url.removeprefix("file:")))
    try:
        migrate(database)
        short_lived.forget("code")
        KeyRing.open(Path(settings.keys.folder), settings.keys, utc_now).prepare()
    finally:
        short_lived.close()
        database.close()
