"""Fetch revocation lists and the ministry's list of centres; keep what is sound, and the last good of it.

A list is verified here, once, so that a login asks the store for one serial number and nothing else. Store and network
are ports: the store puts the entries away while it walks over them, and replaces a centre's list all at once.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from idp.kernel.clock import Clock
from idp.kernel.refusal import Refused
from idp.signature import crl
from idp.signature.certificate import Certificate
from idp.signature.checker import Checker
from idp.signature.crl import RevocationList, read_list
from idp.signature.revocation import HeldList
from idp.signature.trust import Trust
from idp.signature.trust_list import TrustList, read_trust_list

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A document, and the mark (ETag or date) by which the next request asks whether it has changed."""

    octets: bytes
    mark: str | None


class Fetch(Protocol):
    """Outgoing HTTP with its guard against internal networks, its time limit and the size that is given."""

    def __call__(self, address: str, mark: str | None, largest: int) -> Fetched | None:
        """Return the document, or None if it is still the one of that mark; raise ``OSError`` on a dead line."""


class Shelf(Protocol):
    """Where lists are kept, each by its address."""

    def mark(self, address: str) -> str | None: ...

    def held(self, address: str) -> HeldList | None: ...

    def keep(self, address: str, issuer: Certificate, found: RevocationList, mark: str | None) -> None:
        """Replace what is held of this address by this list, all at once."""

    def trust_list(self) -> TrustList | None: ...

    def keep_trust_list(self, document: bytes, found: TrustList, mark: str | None) -> None: ...


class Outcome(StrEnum):
    TAKEN = "taken"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one address; for the journal and the metrics. ``age`` is that of the list now held."""

    address: str
    outcome: Outcome
    code: str = ""
    size: int = 0
    count: int = 0
    age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class TakeInLists:
    """Fetch every list that the centres publish; whatever goes wrong with one leaves it and the others as they are."""

    fetch: Fetch
    shelf: Shelf
    checker: Checker
    #: Addresses, each with the certificates of the centres that may have signed what lies there.
    addresses: Callable[[], Iterable[tuple[str, tuple[Certificate, ...]]]]
    now: Clock
    largest: int = 64 * 1024 * 1024

    def __call__(self) -> list[Taken]:
        return [self._take(address, issuers) for address, issuers in self.addresses()]

    def _take(self, address: str, issuers: tuple[Certificate, ...]) -> Taken:
        try:
            fetched = self.fetch(address, self.shelf.mark(address), self.largest)
            if fetched is None:
                return Taken(address, Outcome.UNCHANGED, age=self._age(address))
            found = self._verified(address, fetched.octets, issuers, self.now())
            self.shelf.keep(address, found[1], found[0], fetched.mark)
        except OSError as error:
            return Taken(address, Outcome.UNREACHABLE, type(error).__name__, age=self._age(address))
        except Refused as refusal:
            logger.warning("the revocation list at %s is refused: %s", address, refusal.code)
            return Taken(address, Outcome.REFUSED, refusal.code, age=self._age(address))
        return Taken(address, Outcome.TAKEN, size=len(fetched.octets), count=found[0].count, age=self._age(address))

    def _verified(
        self, address: str, octets: bytes, issuers: tuple[Certificate, ...], at: datetime
    ) -> tuple[RevocationList, Certificate]:
        """Return the list and who signed it: one of the centres that the address belongs to."""
        found = read_list(octets)
        crl.require_current(found, at)
        held = self.shelf.held(address)
        if held is not None:
            crl.require_no_older(found, held.this_update, held.number)
        named = [issuer for issuer in issuers if crl.is_from(found, issuer)]
        if not named:
            raise Refused("signature.list_issuer")
        for issuer in named[:-1]:
            try:
                crl.require_sound(found, issuer, self.checker)
            except Refused:
                continue
            return found, issuer
        crl.require_sound(found, named[-1], self.checker)
        return found, named[-1]

    def _age(self, address: str) -> timedelta | None:
        held = self.shelf.held(address)
        return None if held is None else self.now() - held.this_update


@dataclass(frozen=True, slots=True)
class TakeInTrustList:
    """Fetch the ministry's list of centres; the last good one stays until a sound and newer one is there."""

    fetch: Fetch
    shelf: Shelf
    trust: Trust
    address: str
    ministry: str
    now: Clock
    largest: int = 64 * 1024 * 1024

    def __call__(self) -> Taken:
        last_good = self.shelf.trust_list()
        try:
            fetched = self.fetch(self.address, self.shelf.mark(self.address), self.largest)
            if fetched is None:
                return Taken(self.address, Outcome.UNCHANGED, age=self._age(last_good))
            found = read_trust_list(fetched.octets, self.ministry, self.trust, self.now(), last_good)
        except OSError as error:
            return Taken(self.address, Outcome.UNREACHABLE, type(error).__name__, age=self._age(last_good))
        except Refused as refusal:
            logger.warning("the list of centres is refused: %s", refusal.code)
            return Taken(self.address, Outcome.REFUSED, refusal.code, age=self._age(last_good))
        self.shelf.keep_trust_list(fetched.octets, found, fetched.mark)
        size = len(fetched.octets)
        return Taken(self.address, Outcome.TAKEN, size=size, count=len(found.centres), age=self._age(found))

    def _age(self, held: TrustList | None) -> timedelta | None:
        return None if held is None else self.now() - held.issued
