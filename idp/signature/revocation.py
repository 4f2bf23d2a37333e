"""Is a certificate revoked? Lists and answers in, one word out: good, revoked, unknown. What to do then is policy."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from idp.kernel.refusal import Refused
from idp.signature import crl, ocsp
from idp.signature.certificate import Certificate
from idp.signature.checker import Checker
from idp.signature.crl import Entry, RevocationList, Scope
from idp.signature.ocsp import Answer


class State(StrEnum):
    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Standing:
    """``entry`` tells since when and why a certificate is revoked; ``cause`` is the code of why nothing is known."""

    state: State
    entry: Entry | None = None
    cause: str = ""


GOOD = Standing(State.GOOD)


def unknown(cause: str = "signature.revocation_unknown") -> Standing:
    return Standing(State.UNKNOWN, cause=cause)


def revoked(entry: Entry) -> Standing:
    return Standing(State.REVOKED, entry)


class Revocations(Protocol):
    """Whatever knows about revoked certificates: evidence that was handed over, or a store that a job fills."""

    def standing(self, certificate: Certificate, issuer: Certificate, at: datetime) -> Standing:
        """Tell how a certificate stands that this centre has issued."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Lists and answers in hand. Anything sound and current that says revoked decides; then anything that says good."""

    lists: Sequence[RevocationList]
    answers: Sequence[Answer]
    checker: Checker

    def standing(self, certificate: Certificate, issuer: Certificate, at: datetime) -> Standing:
        found = [*self._by_answers(certificate, issuer, at), *self._by_lists(certificate, issuer, at)]
        for state in (State.REVOKED, State.GOOD, State.UNKNOWN):
            for standing in found:
                if standing.state is state:
                    return standing
        return unknown()

    def _by_lists(self, certificate: Certificate, issuer: Certificate, at: datetime) -> Iterator[Standing]:
        for item in self.lists:
            if not crl.is_from(item, issuer) or not crl.covers(item.scope, certificate):
                continue
            try:
                crl.require_sound(item, issuer, self.checker)
                crl.require_current(item, at)
            except Refused as refusal:
                yield unknown(refusal.code)
                continue
            entry = item.find(certificate.serial)
            yield GOOD if entry is None else revoked(entry)

    def _by_answers(self, certificate: Certificate, issuer: Certificate, at: datetime) -> Iterator[Standing]:
        for answer in self.answers:
            for single in answer.singles:
                if not single.is_about(certificate.serial, issuer):
                    continue
                try:
                    responder = ocsp.require_sound(answer, issuer, at, self.checker)
                    self._require_responder_good(responder, issuer, at)
                    ocsp.require_current(single, answer.produced, at)
                except Refused as refusal:
                    yield unknown(refusal.code)
                    continue
                if single.revoked is not None:
                    yield revoked(single.revoked)
                else:
                    yield GOOD if single.known else unknown()

    def _require_responder_good(self, responder: Certificate, issuer: Certificate, at: datetime) -> None:
        """A delegate must stand well on its issuer's list, unless it says that nobody need ask (RFC 6960 4.2.2.2.1)."""
        if responder == issuer or ocsp.NO_CHECK in responder.extensions:
            return
        standings = {standing.state for standing in self._by_lists(responder, issuer, at)}
        if standings != {State.GOOD}:
            raise Refused("signature.answer_responder", reason="revocation")


@dataclass(frozen=True, slots=True)
class HeldList:
    """What is kept of a list beside its entries, once it has been found sound: of what it speaks, and until when."""

    scope: Scope
    this_update: datetime
    next_update: datetime
    number: int | None
    fingerprint: str


#: One read of the store: the lists held of a centre (by ``Certificate.authority``), and its entry of a serial number.
Find = Callable[[str, int], tuple[Sequence[HeldList], Entry | None]]


@dataclass(frozen=True, slots=True)
class Held:
    """Lists that a job took in and verified. An entry decides even when its list is old: nobody is revoked in error."""

    find: Find

    def standing(self, certificate: Certificate, issuer: Certificate, at: datetime) -> Standing:
        lists, entry = self.find(issuer.authority, certificate.serial)
        if entry is not None:
            return revoked(entry)
        covering = [item for item in lists if crl.covers(item.scope, certificate)]
        if any(item.this_update <= at <= item.next_update for item in covering):
            return GOOD
        return unknown("signature.list_expired") if covering else unknown()
