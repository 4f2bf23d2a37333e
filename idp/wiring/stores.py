"""Which stores the addresses in the settings mean, and what embedded ones demand."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from idp.kernel.settings import Settings
from idp.store import one_host
from idp.store.database import Database
from idp.store.short_lived import REDIS_SCHEMES, ShortLived
from idp.store.short_lived_file import ShortLivedFile

#: Threads beside those that answer requests: sign-outs tell portals, jobs look around.
_BESIDE = 4


def durable(settings: Settings) -> Database:
    """Return the durable store; a file's folder is made."""
    return at(settings.database.url, settings)


def at(url: str, settings: Settings) -> Database:
    """Return a durable store at any address."""
    database = Database(url, settings.server.threads + _BESIDE)
    if database.is_sqlite and database.url.database:
        Path(database.url.database).parent.mkdir(parents=True, exist_ok=True)
    return database


def short_lived(settings: Settings) -> ShortLived:
    chosen = settings.short_lived
    if urlsplit(chosen.url).scheme in REDIS_SCHEMES:
        # Its library is large: whoever has no Redis does without.
        from idp.store.short_lived_redis import ShortLivedRedis

        return ShortLivedRedis(chosen.url, chosen.timeout_seconds)
    return ShortLivedFile(Path(chosen.url.removeprefix("file:")))


def embedded(settings: Settings) -> dict[str, Path]:
    """Return the stores that are files of this machine, by the setting that names them."""
    found = {}
    if settings.database.url.startswith("sqlite:///"):
        found["database.url"] = Path(settings.database.url.removeprefix("sqlite:///"))
    if urlsplit(settings.short_lived.url).scheme not in REDIS_SCHEMES:
        found["short_lived.url"] = Path(settings.short_lived.url.removeprefix("file:"))
    return found


@contextmanager
def held_on_this_host(settings: Settings) -> Iterator[None]:
    """Hold every embedded store for this machine; refuse while another machine serves from one."""
    with ExitStack() as held:
        for path in embedded(settings).values():
            held.enter_context(one_host.held(path))
        yield
