"""The list of what ``idp check`` looks at. A look changes nothing and returns what is wrong, each with its words."""

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from idp.kernel.clock import Clock
from idp.kernel.refusal import Fault, Faulty, Refused, Unavailable
from idp.kernel.settings import Settings
from idp.keys.folder import RING
from idp.notifications.email import Smtp
from idp.notifications.message import Undelivered
from idp.store.database import Database
from idp.store.marks import Mark, Marks
from idp.store.migrate import head, require_known, revision_of
from idp.wiring import fitness, own_address, stores
from idp.wiring.signatures import roots

Look = Callable[[Settings, Path | None, Clock], Iterable[Fault]]
#: Below this a disk counts as full: what is written in a busy hour, and room to mend things.
_FREE_BYTES = 200 * 1024 * 1024
_SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Check:
    """``sections`` of the settings that it goes by; ``asks_others``: whether it needs the network."""

    look: Look
    sections: frozenset[str]
    asks_others: bool = False


def files(settings: Settings, path: Path | None, now: Clock) -> Iterator[Fault]:
    """The settings file and the keys hold secrets: nobody else may read them."""
    if path is not None and path.exists() and path.stat().st_mode & 0o077:
        yield Fault(str(path), "check.too_open", {"path": str(path)})
    folder = Path(settings.keys.folder)
    if not folder.exists():
        yield Fault("keys.folder", "check.no_keys", {"path": str(folder)})
        return
    for item in [folder, *sorted(folder.iterdir())]:
        try:
            if item.stat().st_mode & 0o077:
                yield Fault("keys.folder", "check.too_open", {"path": str(item)})
            if item.is_file() and not os.access(item, os.R_OK):
                yield Fault("keys.folder", "check.not_ours", {"path": str(item)})
        except OSError as error:
            yield Fault("keys.folder", "keys.unreadable", {"path": str(item), "reason": error.strerror or ""})
    if not (folder / RING).exists():
        yield Fault("keys.folder", "check.no_keys", {"path": str(folder)})


def disk(settings: Settings, path: Path | None, now: Clock) -> Iterator[Fault]:
    """A full disk loses nothing, but nothing more can be done on it."""
    places = {**stores.embedded(settings), "keys.folder": Path(settings.keys.folder)}
    for name, place in places.items():
        there = next(above for above in (place, *place.absolute().parents) if above.exists())
        found = os.statvfs(there)
        free = found.f_bavail * found.f_frsize
        if free < _FREE_BYTES:
            yield Fault(name, "check.disk_full", {"path": str(place), "free": free // 1_048_576})
        if not os.access(there, os.W_OK):
            yield Fault(name, "check.not_ours", {"path": str(there)})


def database(settings: Settings, path: Path | None, now: Clock) -> Iterator[Fault]:
    """Reachable, of a version that we know, and not from the future."""
    embedded = stores.embedded(settings).get("database.url")
    if embedded is not None and not embedded.exists():
        return  # made at the first start
    found = Database(settings.database.url, 1)
    try:
        with found.connection() as connection:
            require_known(present := revision_of(connection))
        # An older version's database has no marks yet.
        if settings.for_real and present == head() and Marks(found).get(Mark.DEMO) is not None:
            yield Fault("database.url", "setting.demo_people")
        if present:
            yield from fitness.clock_behind(found, now)
    except Refused as refused:
        yield Fault("database.url", refused.code, refused.params)
    except Exception as error:
        yield Fault("database.url", "check.no_store", {"reason": _first_line(error)})
    finally:
        found.close()


def short_lived(settings: Settings, path: Path | None, now: Clock) -> Iterator[Fault]:
    """It takes what it is given, once."""
    embedded = stores.embedded(settings).get("short_lived.url")
    if embedded is not None and not embedded.exists():
        return
    found = stores.short_lived(settings)
    try:
        found.replace("check", "check", True, 5)
        taken = found.take("check", "check")
        if taken is None or taken.uses != 1:
            yield Fault("short_lived.url", "check.no_store", {"reason": "what was put there isn't there"})
    except (Unavailable, OSError) as error:
        yield Fault("short_lived.url", "check.no_store", {"reason": _first_line(error)})
    finally:
        found.close()


def mail(settings: Settings, path: Path | None, now: Clock) -> Iterator[Fault]:
    try:
        Smtp(settings.mail.smtp_url, settings.mail.sender, settings.outgoing.timeout_seconds).greet()
    except Undelivered as error:
        yield Fault("mail.smtp_url", "check.no_mail", {"reason": str(error)})


def sms(settings: Settings, path: Path | None, now: Clock) -> Iterator[Fault]:
    """Somebody answers at the gateway's address; a message would cost money, so none is sent."""
    if not settings.sms.gateway_url:
        return
    if not settings.sms.api_key:
        yield Fault("sms.api_key", "check.no_sms_key")
    reason = own_address.answers(settings.sms.gateway_url, settings.outgoing.timeout_seconds)
    if reason:
        yield Fault("sms.gateway_url", "check.no_sms", {"reason": reason})


def issuer(settings: Settings, path: Path | None, now: Clock) -> Iterator[Fault]:
    """Whoever asks our public address gets us, under this very name, by a certificate that holds, at the same time."""
    found = own_address.ask(settings.issuer, settings.outgoing.timeout_seconds)
    if found.trouble:
        yield Fault("server.issuer", found.trouble, {"value": settings.issuer, "reason": found.reason})
        return
    if found.issuer != settings.issuer:
        yield Fault("server.issuer", "check.issuer_differs", {"value": settings.issuer, "found": found.issuer})
    if found.certificate_ends is not None and found.certificate_ends < now() + _SOON:
        yield Fault("server.issuer", "check.certificate_ends", {"ends": fitness.told(found.certificate_ends)})
    if found.at is not None and abs(found.at - now()) > fitness.SKEW:
        yield Fault("clock", "check.clock_differs", {"seen": fitness.told(found.at), "now": fitness.told(now())})


def trust(settings: Settings, path: Path | None, now: Clock) -> Iterator[Fault]:
    """The roots that signatures are judged by can be read, and haven't ended."""
    try:
        for name, certificate in roots(settings.signatures):
            if certificate.not_after < now() + _SOON:
                code = "check.root_ended" if certificate.not_after < now() else "check.certificate_ends"
                yield Fault(f"signatures.{name}", code, {"ends": fitness.told(certificate.not_after)})
    except Faulty as faulty:
        yield from faulty.faults


def served(settings: Settings, path: Path | None, now: Clock) -> Iterator[Fault]:
    """What ``idp serve`` would refuse, as far as it can be told without changing anything."""
    yield from fitness.foreign_files(settings)
    if settings.for_real:
        yield from fitness.examples(settings)
        if (Path(settings.keys.folder) / fitness.DEMO_FILE).exists():
            yield Fault("keys.folder", "setting.demo_keys", {"path": settings.keys.folder})


CHECKS = (
    Check(served, frozenset({"server", "database", "short_lived"})),
    Check(files, frozenset({"keys"})),
    Check(disk, frozenset({"database", "short_lived", "keys"})),
    Check(database, frozenset({"database"})),
    Check(short_lived, frozenset({"short_lived"})),
    Check(trust, frozenset({"signatures"})),
    Check(mail, frozenset({"mail"}), asks_others=True),
    Check(sms, frozenset({"sms"}), asks_others=True),
    Check(issuer, frozenset({"server"}), asks_others=True),
)


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]
