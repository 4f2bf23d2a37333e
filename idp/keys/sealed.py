"""A file that is sealed for whoever has a passphrase or a private key: read whole and in order, or refused by name.

As in age, a random file key is wrapped for its readers and the content is ChaCha20-Poly1305 in numbered chunks (the
STREAM construction, Hoang, Reyhanitabar, Rogaway and Vizár 2015): a chunk's number and whether it is the last are its
nonce. The passphrase goes through Argon2id (RFC 9106), the public key through HPKE (RFC 9180, X25519). The content's
key is derived from the file key and the whole head (HKDF), so a changed head opens nothing.
"""

import hashlib
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Protocol

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from idp.kernel.refusal import Refused

MAGIC = b"city-idp backup 1\n"
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_CHUNK = 65_536
_TAG = 16
_LONGEST_HEAD = 4096
#: 64 MiB, three passes, four lanes: the second of RFC 9106's recommendations.
_MEMORY_KIB, _PASSES, _LANES = 65_536, 3, 4


class Lock(Protocol):
    """Wraps a file key for those who may read, as members of the head."""

    def wrap(self, file_key: bytes) -> dict[str, Any]: ...


class Opener(Protocol):
    """Unwraps what its ``Lock`` wrapped; None for a head that isn't for it."""

    def unwrap(self, head: dict[str, Any]) -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Passphrase:
    """Locks and opens. Each file has a salt, and so a wrapping key of its own: its nonce may be zero."""

    words: bytes

    def wrap(self, file_key: bytes) -> dict[str, Any]:
        salt = os.urandom(16)
        return {
            "by": "passphrase",
            "salt": _text(salt),
            "box": _text(self._cipher(salt).encrypt(bytes(12), file_key, MAGIC)),
        }

    def unwrap(self, head: dict[str, Any]) -> bytes | None:
        if head["by"] != "passphrase":
            return None
        return self._cipher(b64decode(head["salt"])).decrypt(bytes(12), b64decode(head["box"]), MAGIC)

    def _cipher(self, salt: bytes) -> ChaCha20Poly1305:
        derive = Argon2id(salt=salt, length=32, iterations=_PASSES, lanes=_LANES, memory_cost=_MEMORY_KIB)
        return ChaCha20Poly1305(derive.derive(self.words))


@dataclass(frozen=True, slots=True)
class Recipient:
    """Locks for the holder of a private key: who makes backups can't read them."""

    key: X25519PublicKey

    def wrap(self, file_key: bytes) -> dict[str, Any]:
        return {"by": "x25519", "box": _text(_SUITE.encrypt(file_key, self.key, MAGIC))}


@dataclass(frozen=True, slots=True)
class Holder:
    key: X25519PrivateKey

    def unwrap(self, head: dict[str, Any]) -> bytes | None:
        return _SUITE.decrypt(b64decode(head["box"]), self.key, MAGIC) if head["by"] == "x25519" else None


class Sealing:
    """Writes; what isn't closed is a file that is cut, and refused."""

    def __init__(self, into: IO[bytes], lock: Lock) -> None:
        file_key = os.urandom(32)
        head = orjson.dumps({"salt": _text(os.urandom(32)), **lock.wrap(file_key)}) + b"\n"
        into.write(MAGIC + head)
        self._into = into
        self._cipher = _cipher(file_key, head)
        self._number = 0
        self._waiting = bytearray()

    def write(self, content: bytes) -> None:
        self._waiting += content
        while len(self._waiting) > _CHUNK:
            self._chunk(bytes(self._waiting[:_CHUNK]), last=False)
            del self._waiting[:_CHUNK]

    def close(self) -> None:
        self._chunk(bytes(self._waiting), last=True)

    def _chunk(self, content: bytes, last: bool) -> None:
        name = _name(self._number, last)
        self._into.write(name + len(content).to_bytes(4, "big") + self._cipher.encrypt(bytes(4) + name, content, None))
        self._number += 1


def opened(from_: IO[bytes], opener: Opener) -> Iterator[bytes]:
    """Yield the content, each part only after it was authenticated in its place; raise ``Refused`` by name otherwise.

    What was yielded is good, but whether it is all shows at the end: act on nothing before.
    """
    if from_.read(len(MAGIC)) != MAGIC:
        raise Refused("backup.not_one")
    head = from_.readline(_LONGEST_HEAD)
    cipher = _cipher(_unwrapped(head, opener), head)
    number, last = 0, False
    while not last:
        name, size = from_.read(8), from_.read(4)
        content = from_.read(int.from_bytes(size, "big") + _TAG) if len(size) == 4 else b""
        if len(content) < _TAG or len(content) != int.from_bytes(size, "big") + _TAG:
            raise Refused("backup.cut")
        try:
            plain = cipher.decrypt(bytes(4) + name, content, None)
        except InvalidTag:
            raise Refused("backup.altered") from None
        last = bool(name[7])
        if name != _name(number, last):
            raise Refused("backup.reordered")
        number += 1
        yield plain
    if from_.read(1):
        raise Refused("backup.altered")


def _unwrapped(head: bytes, opener: Opener) -> bytes:
    try:
        found = opener.unwrap(orjson.loads(head))
    except InvalidTag:
        found = None
    except (ValueError, KeyError, TypeError):
        raise Refused("backup.altered") from None
    if found is None:
        raise Refused("backup.wrong_key")
    return found


def _cipher(file_key: bytes, head: bytes) -> ChaCha20Poly1305:
    """The salt stands in the head, which the content's key depends on as a whole."""
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=MAGIC + hashlib.sha256(head).digest())
    return ChaCha20Poly1305(derive.derive(file_key))


def _name(number: int, last: bool) -> bytes:
    return number.to_bytes(7, "big") + bytes([last])


def _text(content: bytes) -> str:
    return b64encode(content).decode()
