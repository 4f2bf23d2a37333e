"""The keys of personal data at rest: AES-256-GCM, each sealed text bound to its place, found by keyed digest.

``data.json`` lies in the key folder, outside the store. The newest key seals, older ones still open; a rotation by
another process is noticed by the first text that it sealed, and within a second for sealing.
"""

import json
import secrets
import time
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from idp.kernel.clock import Clock
from idp.kernel.ids import keyed_digest
from idp.kernel.refusal import Refused
from idp.keys.folder import Folder, Stamp

FILE = "data.json"
_NONCE = 12
_CHECK_SECONDS = 1.0
#: So long after a rotation nobody seals with an earlier key any more, and what they sealed has reached the store.
_SETTLED = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What the store keeps: which key sealed it, and the text: nonce and ciphertext in Base64."""

    key_id: str
    text: str


@dataclass(frozen=True, slots=True)
class DataKey:
    id: str
    made_at: datetime


class DataKeys:
    """``place`` names table, column and row: a text that was moved to another row does not open."""

    def __init__(self, folder: Folder, now: Clock) -> None:
        self._folder = folder
        self._now = now
        self._lock = Lock()
        self._checked = 0.0
        self._stamp: Stamp | None = None
        self._ciphers: dict[str, AESGCM] = {}
        self._listed: list[DataKey] = []
        self._digests: bytes | None = None

    def prepare(self) -> None:
        """Make the first key and the key of the digests; run before the workers start."""
        self._folder.make()
        with self._folder.alone():
            self._folder.make_secret("digests")
            if not self._entries():
                self._write([self._new()])
        self._look(at_once=True)

    def rotate(self) -> str:
        """Make a new key, which seals from now on; return its id."""
        self.prepare()
        with self._folder.alone():
            made = self._new()
            self._write([*self._entries(), made])
        self._look(at_once=True)
        return made["id"]

    def forget(self, key_id: str) -> None:
        """Remove a key that seals nothing any more; not the newest, nor while others may not know the newest yet."""
        with self._folder.alone():
            entries = self._entries()
            if entries and entries[-1]["id"] == key_id:
                raise Refused("keys.data_in_use", key=key_id)
            if entries and self._now() - datetime.fromisoformat(entries[-1]["made_at"]) < _SETTLED:
                raise Refused("keys.data_too_new", key=entries[-1]["id"], seconds=int(_SETTLED.total_seconds()))
            self._write([entry for entry in entries if entry["id"] != key_id])
        self._look(at_once=True)

    def listed(self) -> list[DataKey]:
        """Return every key, the newest last."""
        self._look(at_once=True)
        return list(self._listed)

    @property
    def current(self) -> str:
        """Return the id of the key that seals."""
        self._look()
        if not self._listed:
            self.prepare()
        return self._listed[-1].id

    def seal(self, plain: bytes, place: str) -> Sealed:
        key_id, nonce = self.current, secrets.token_bytes(_NONCE)
        sealed = self._ciphers[key_id].encrypt(nonce, plain, _bound(key_id, place))
        return Sealed(key_id, b64encode(nonce + sealed).decode())

    def open(self, sealed: Sealed, place: str) -> bytes:
        """Return what was sealed there; raise ``Refused`` for a lost key, another place, or a changed text."""
        cipher = self._ciphers.get(sealed.key_id)
        if cipher is None:
            self._look(at_once=True)
            cipher = self._ciphers.get(sealed.key_id)
        if cipher is None:
            raise Refused("keys.data_lost", key=sealed.key_id)
        try:
            raw = b64decode(sealed.text)
            return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], _bound(sealed.key_id, place))
        except (InvalidTag, ValueError) as error:
            raise Refused("keys.data_changed", place=place.partition(":")[0]) from error

    def digest(self, *parts: str) -> str:
        """Return what a value is found by. Its key is of its own and stays: it hides the value, it doesn't hold it."""
        if self._digests is None:
            found = self._folder.secret("digests")
            if found is None:
                self.prepare()
                found = self._folder.secret("digests")
            assert found is not None
            self._digests = found
        return keyed_digest(self._digests, *parts)

    def _new(self) -> dict[str, str]:
        return {"id": secrets.token_hex(4), "made_at": self._now().isoformat(), "key": secrets.token_hex(32)}

    def _entries(self) -> list[dict[str, str]]:
        content = self._folder.read(FILE)
        if content is None:
            return []
        try:
            entries: list[dict[str, str]] = json.loads(content)["keys"]
            for entry in entries:
                AESGCM(bytes.fromhex(entry["key"]))
        except (ValueError, KeyError, TypeError) as error:
            raise Refused("keys.unreadable", path=str(self._folder.path / FILE), reason=type(error).__name__) from None
        return entries

    def _write(self, entries: list[dict[str, str]]) -> None:
        self._folder.write(FILE, json.dumps({"keys": entries}, indent=2).encode())

    def _look(self, at_once: bool = False) -> None:
        clock = time.monotonic()
        if not at_once and clock - self._checked < _CHECK_SECONDS:
            return
        self._checked = clock
        with self._lock:
            stamp = self._folder.stamp(FILE)
            if stamp is not None and stamp == self._stamp:
                return
            entries = self._entries()
            self._ciphers = {entry["id"]: AESGCM(bytes.fromhex(entry["key"])) for entry in entries}
            self._listed = [DataKey(entry["id"], datetime.fromisoformat(entry["made_at"])) for entry in entries]
            self._stamp = stamp


def _bound(key_id: str, place: str) -> bytes:
    return f"{key_id}|{place}".encode()
