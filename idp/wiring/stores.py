"""Which stores the addresses in the settings mean."""

from pathlib import Path
from urllib.parse import urlsplit

from idp.kernel.settings import Settings
from idp.store.database import Database
from idp.store.redis_address import SCHEMES
from idp.store.short_lived import ShortLived
from idp.store.short_lived_file import ShortLivedFile
from idp.store.short_lived_redis import ShortLivedRedis

#: Threads beside those that answer requests: sign-outs tell portals, jobs look around.
_BESIDE = 4


def durable(settings: Settings) -> Database:
    """Return the durable store; a file's folder is made."""
    database = Database(settings.database.url, settings.server.threads + _BESIDE)
    if database.is_sqlite and database.url.database:
        Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
    return database


def short_lived(settings: Settings) -> ShortLived:
    chosen = settings.short_lived
    if urlsplit(chosen.url).scheme in SCHEMES:
        return ShortLivedRedis(chosen.url, chosen.timeout_seconds)
    return ShortLivedFile(Path(chosen.url.removeprefix("file:")))
