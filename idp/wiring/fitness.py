"""What stands in the way of serving real people: found before the workers start, told all at once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from idp.kernel.clock import Clock
from idp.kernel.refusal import Fault
from idp.kernel.settings import Settings
from idp.store.database import Database
from idp.store.journal import Journal
from idp.store.marks import Mark, Marks
from idp.store.one_host import network_of
from idp.wiring import stores

#: The demo city leaves it among its keys.
DEMO_FILE = "demo"
#: Clocks of several machines differ a little.
SKEW = timedelta(seconds=60)
#: What ``config/production.toml.example`` says where everybody has something of their own to say.
_EXAMPLES = {
    "server.issuer": "https://id.city.example",
    "mail.sender": "City Sign-in <no-reply@city.example>",
    "sms.api_key": "from the gateway's cabinet",
    "support.email": "help@city.example",
}


def unfit(settings: Settings) -> list[Fault]:
    """Return what the settings alone tell against serving: known before anything is made or brought up to date."""
    return [*foreign_files(settings), *(examples(settings) if settings.for_real else ())]


def obstacles(settings: Settings) -> list[Fault]:
    """Return why this must not be served; the schema is in place already."""
    return [*unfit(settings), *(_of_a_demo(settings) if settings.for_real else ())]


def examples(settings: Settings) -> Iterator[Fault]:
    """Yield the settings that were copied from the example and left as they stood there."""
    for field, example in _EXAMPLES.items():
        section, _, name = field.partition(".")
        if getattr(getattr(settings, section), name) == example:
            yield Fault(field, "setting.example", {"value": example})
    if urlsplit(settings.mail.smtp_url).password == "password":
        yield Fault("mail.smtp_url", "setting.example", {"value": "idp:password"})


def clock_behind(database: Database, now: Clock) -> Iterator[Fault]:
    """Yield a fault if the database has seen a later moment than the clock shows: it jumped back, or never was set."""
    newest = Journal(database, now).newest()
    if newest is not None and newest > now() + SKEW:
        yield Fault("clock", "check.clock_behind", {"seen": told(newest), "now": told(now())})


def warnings(settings: Settings, now: Clock) -> list[Fault]:
    """Return what is wrong at the start, and no reason not to serve."""
    database = stores.durable(settings)
    try:
        return list(clock_behind(database, now))
    finally:
        database.close()


def told(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def foreign_files(settings: Settings) -> Iterator[Fault]:
    for name, path in stores.embedded(settings).items():
        kind = network_of(path)
        if kind:
            yield Fault(name, "setting.on_a_network", {"path": str(path), "kind": kind})


def _of_a_demo(settings: Settings) -> Iterator[Fault]:
    if (Path(settings.keys.folder) / DEMO_FILE).exists():
        yield Fault("keys.folder", "setting.demo_keys", {"path": settings.keys.folder})
    database = stores.durable(settings)
    try:
        if Marks(database).get(Mark.DEMO) is not None:
            yield Fault("database.url", "setting.demo_people")
    finally:
        database.close()
