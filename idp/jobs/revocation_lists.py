"""Fetch revocation lists and the ministry's list of centres; keep what is sound, and the last good of it.

A list is verified here, once, so that a login asks the store for one serial number and nothing else. Store and network
are ports: the store puts the entries away while it walks over them, and replaces a centre's list all at once.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from idp.kernel.clock import Clock
from idp.kernel.http import Document
from idp.kernel.refusal import Refused
from idp.signature import crl
from idp.signature.certificate import Certificate
from idp.signature.checker import Checker
from idp.signature.crl import RevocationList, Scope, read_list
from idp.signature.revocation import HeldList
from idp.signature.trust import Trust
from idp.signature.trust_list import TrustList, read_trust_list

logger = logging.getLogger(__name__)


#: Outgoing HTTP with its guard against internal networks and its time limit: address, mark and the largest size in; the
#: document out, or None if it is still the one of that mark; ``OSError`` on a dead line.
Fetch = Callable[[str, str | None, int], Document | None]


class Shelf(Protocol):
    """Where revocation lists are kept, one for each centre and scope."""

    def held(self, authority: str, scope: Scope) -> HeldList | None: ...

    def keep(self, issuer: Certificate, found: RevocationList) -> None:
        """Replace what is held of this centre and scope by this list, all at once."""


class TrustShelf(Protocol):
    """Where the last good list of centres is kept."""

    def last_good(self) -> TrustList | None: ...

    def keep(self, found: TrustList) -> None: ...


class Sources(Protocol):
    """What is known of the addresses: the marks to ask by, and what came of each try."""

    def mark(self, address: str) -> str | None: ...

    def good(self, address: str, outcome: str, mark: str | None) -> None: ...

    def bad(self, address: str, outcome: str, code: str) -> None: ...


class Outcome(StrEnum):
    TAKEN = "taken"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Visits:
    """Goes to addresses for lists, and notes what comes of it; nothing that goes wrong stops the next visit."""

    fetch: Fetch
    sources: Sources
    largest: int = 64 * 1024 * 1024

    def __call__(self, address: str, take: Callable[[bytes], bool]) -> Outcome:
        """Give what lies there to ``take``, which tells whether it was new, or refuses it."""
        mark = self.sources.mark(address)
        try:
            fetched = self.fetch(address, mark, self.largest)
            taken = fetched is not None and take(fetched.octets)
        except OSError as error:
            logger.warning("no list comes from %s: %s", address, error)
            return self._bad(address, Outcome.UNREACHABLE, type(error).__name__)
        except Refused as refusal:
            logger.warning("the list at %s is refused: %s", address, refusal.code)
            return self._bad(address, Outcome.REFUSED, refusal.code)
        except Exception as error:
            logger.exception("the list at %s could not be taken in", address)
            return self._bad(address, Outcome.FAILED, type(error).__name__)
        outcome = Outcome.TAKEN if taken else Outcome.UNCHANGED
        self.sources.good(address, outcome, mark if fetched is None else fetched.mark)
        return outcome

    def _bad(self, address: str, outcome: Outcome, code: str) -> Outcome:
        self.sources.bad(address, outcome, code)
        return outcome


@dataclass(frozen=True, slots=True)
class TakeInLists:
    """Fetch every list that the centres publish; whatever goes wrong with one leaves it and the others as they are."""

    visit: Visits
    shelf: Shelf
    checker: Checker
    #: Addresses, each with the certificates of the centres that may have signed what lies there.
    addresses: Callable[[], Iterable[tuple[str, tuple[Certificate, ...]]]]
    now: Clock

    def __call__(self) -> dict[str, Outcome]:
        return {
            address: self.visit(address, lambda octets, issuers=issuers: self._take(octets, issuers))  # type: ignore[misc]
            for address, issuers in self.addresses()
        }

    def _take(self, octets: bytes, issuers: tuple[Certificate, ...]) -> bool:
        """Keep the list if one of the centres that the address belongs to has signed it, and it is news."""
        found = read_list(octets)
        crl.require_current(found, self.now())
        why_not = Refused("signature.list_issuer")
        named = {issuer.authority: issuer for issuer in issuers if crl.is_from(found, issuer)}
        for issuer in named.values():
            held = self.shelf.held(issuer.authority, found.scope)
            if held is not None and held.fingerprint == found.fingerprint:
                return False  # verified when it was taken in, perhaps from another address
            try:
                if held is not None:
                    crl.require_no_older(found, held.this_update, held.number)
                crl.require_sound(found, issuer, self.checker)
            except Refused as refusal:
                why_not = refusal
                continue
            self.shelf.keep(issuer, found)
            return True
        raise why_not


@dataclass(frozen=True, slots=True)
class TakeInTrustList:
    """Fetch the ministry's list of centres; the last good one stays until a sound and newer one is there."""

    visit: Visits
    shelf: TrustShelf
    trust: Callable[[], Trust]
    address: str
    ministry: str
    now: Clock

    def __call__(self) -> Outcome:
        return self.visit(self.address, self._take)

    def _take(self, document: bytes) -> bool:
        last_good = self.shelf.last_good()
        found = read_trust_list(document, self.ministry, self.trust(), self.now(), last_good)
        if found == last_good:
            return False
        self.shelf.keep(found)
        return True
