"""The key ring of one process: signers, the published set, verification of our own tokens, named secrets.

A rotation by another process is noticed within a second, and at once by a token whose key isn't known yet; so no token
is refused on the way and nothing is restarted.
"""

import hashlib
import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import orjson

from idp.kernel.clock import Clock
from idp.kernel.refusal import Refused
from idp.kernel.settings import Keys
from idp.keys.folder import Folder, Stamp
from idp.keys.rotation import Life, Phase, SigningKey, current, lives, next_change
from idp.keys.signer import ALGORITHMS, Compact, KeySigner, Signer

logger = logging.getLogger(__name__)
#: Made with the keys; every other name is made when it is first asked for.
SECRETS = ("codes", "csrf", "pairwise", "refresh", "repeats")
_CHECK_SECONDS = 1.0
#: A few MB of memory at most.
_MOST_VERIFIED = 1024
#: No key signs before every process has looked at the file again and publishes it.
_SOONEST = timedelta(seconds=2)


class BadToken(Refused):
    """A token that we did not sign, or not as this kind of token."""

    def __init__(self) -> None:
        super().__init__("token.bad")


@dataclass(frozen=True, slots=True)
class Published:
    """The public set as bytes; ``version`` changes with it and serves as the entity tag."""

    version: str
    body: bytes


@dataclass(frozen=True, slots=True)
class _Ring:
    """What was read at one moment. ``signers`` are imported once and handed on, ``verified`` are the ring's own."""

    stamp: Stamp | None
    keys: tuple[SigningKey, ...]
    signers: dict[str, KeySigner] = field(repr=False)
    verified: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict, repr=False)


class KeyRing:
    def __init__(self, folder: Folder, settings: Keys, now: Clock) -> None:
        self._folder = folder
        self._settings = settings
        self._now = now
        self._retire = timedelta(seconds=settings.retire_seconds)
        self._lock = Lock()
        self._checked = 0.0
        #: What the file was when it couldn't be taken; no file is a reason too.
        self._refused: Stamp | str | None = ""
        self._ring = _Ring(None, (), {})
        self._published: tuple[_Ring, datetime | None, Published] | None = None
        self._secrets: dict[str, bytes] = {}

    @classmethod
    def open(cls, folder: Path, settings: Keys, now: Clock) -> "KeyRing":
        """Import what is there; ``prepare`` makes what is missing."""
        ring = cls(Folder(folder), settings, now)
        ring._fresh(at_once=True)
        return ring

    def prepare(self) -> None:
        """Make the folder, a key for every algorithm and the secrets; run before the workers start."""
        self._folder.make()
        with self._folder.alone():
            keys = self._folder.keys()
            made = tuple(self._new(alg, self._now()) for alg in ALGORITHMS if not any(key.alg == alg for key in keys))
            if made:
                self._folder.write_keys(keys + made)
            for name in SECRETS:
                self._folder.make_secret(name)
        self._fresh(at_once=True)

    def rotate(self, alg: str, at_once: bool = False) -> SigningKey:
        """Announce the next key of an algorithm; it signs after ``announce_seconds``, or as soon as all publish it.

        A next key that is already announced is refused to be doubled; keys that are gone leave the folder.
        """
        now = self._now()
        self._folder.make()
        with self._folder.alone():
            told = lives(self._folder.keys(), now, self._retire)
            waiting = [life.key for life in told if life.key.alg == alg and life.phase is Phase.NEXT]
            if waiting and not at_once:
                raise Refused("keys.already_announced", alg=alg, starts_at=waiting[0].starts_at.isoformat())
            announced = timedelta(0) if at_once else timedelta(seconds=self._settings.announce_seconds)
            made = self._new(alg, now + max(announced, _SOONEST))
            kept = [life.key for life in told if life.phase is not Phase.GONE and life.key not in waiting]
            self._folder.write_keys((*kept, made))
        self._fresh(at_once=True)
        return made

    def lives(self) -> list[Life]:
        """Return every key with its phase and times."""
        return lives(self._fresh().keys, self._now(), self._retire)

    def signer(self, alg: str) -> Signer:
        """Return the signer that is current now."""
        ring = self._fresh()
        key = current(ring.keys, alg, self._now())
        if key is None:
            raise Refused("keys.missing", alg=alg)
        return ring.signers[key.kid]

    def published(self) -> Published:
        """Return the public JWK set: next, current and retired keys. Made once a ring and phase."""
        ring, now = self._fresh(), self._now()
        kept = self._published
        if kept is not None and kept[0] is ring and (kept[1] is None or now < kept[1]):
            return kept[2]
        members = [
            ring.signers[life.key.kid].public()
            for life in lives(ring.keys, now, self._retire)
            if life.phase is not Phase.GONE
        ]
        body = orjson.dumps({"keys": members})
        made = Published(hashlib.sha256(body).hexdigest()[:32], body)
        self._published = (ring, next_change(ring.keys, now, self._retire), made)
        return made

    def jwks(self) -> dict[str, Any]:
        """Return the public set as a document."""
        document: dict[str, Any] = orjson.loads(self.published().body)
        return document

    def verify(self, token: str, typ: str = "JWT") -> dict[str, Any]:
        """Return the claims of a token that we signed as this type; whether it expired is the caller's question.

        What has been verified is remembered as long as the ring: a resource shows the same token again and again.
        """
        verified = self._fresh().verified
        claims = verified.get((typ, token))
        if claims is None:
            claims = self._verify(token, typ)
            if len(verified) >= _MOST_VERIFIED:
                verified.clear()
            verified[typ, token] = claims
        return dict(claims)

    def secret(self, name: str) -> bytes:
        """Return a named secret of 256 bits, the same in every process."""
        found = self._secrets.get(name)
        if found is None:
            found = self._folder.secret(name)
            if found is None:
                self._folder.make()
                with self._folder.alone():
                    found = self._folder.make_secret(name)
            self._secrets[name] = found
        return found

    def _verify(self, token: str, typ: str) -> dict[str, Any]:
        try:
            parts = Compact.parse(token)
            signer = self._verifier(parts.header)
            if parts.header.get("typ") != typ or not signer.verifies(parts.content, parts.signature):
                raise BadToken
            return parts.claims()
        except ValueError as error:
            raise BadToken from error

    def _verifier(self, header: dict[str, Any]) -> KeySigner:
        kid = header.get("kid")
        if not isinstance(kid, str) or "crit" in header:
            raise BadToken
        signer = self._fresh().signers.get(kid) or self._fresh(at_once=True).signers.get(kid)
        if signer is None or header.get("alg") != signer.alg:
            raise BadToken
        return signer

    def _fresh(self, at_once: bool = False) -> _Ring:
        """Return the newest ring; look at the file at most once a second, unless asked to look at once."""
        clock = time.monotonic()
        if not at_once and clock - self._checked < _CHECK_SECONDS:
            return self._ring
        self._checked = clock
        if self._folder.stamp() != self._ring.stamp:
            with self._lock:
                stamp = self._folder.stamp()
                if stamp not in (self._ring.stamp, self._refused):
                    self._take(stamp)
        return self._ring

    def _take(self, stamp: Stamp | None) -> None:
        """Take the file as it is now. One that can't be read stops the start; a running process keeps what it has."""
        try:
            self._ring = self._load(stamp)
        except Refused as refused:
            if not self._ring.keys:
                raise
            logger.error("the keys in memory are used on: %s %s", refused.code, refused.params)
            self._refused = stamp

    def _load(self, stamp: Stamp | None) -> _Ring:
        keys = self._folder.keys()
        if self._ring.keys and not keys:
            raise Refused("keys.unreadable", path=str(self._folder.path), reason="no keys are there any more")
        known = self._ring.signers
        signers = {key.kid: known.get(key.kid) or KeySigner.of(key.alg, key.jwk) for key in keys}
        return _Ring(stamp, keys, signers)

    def _new(self, alg: str, starts_at: datetime) -> SigningKey:
        if alg not in ALGORITHMS:
            raise Refused("keys.unknown_algorithm", alg=alg, known=", ".join(ALGORITHMS))
        key = ALGORITHMS[alg]()
        key.ensure_kid()
        return SigningKey(str(key.kid), alg, self._now(), starts_at, key.as_dict(private=True))
