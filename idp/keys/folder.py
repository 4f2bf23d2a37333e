"""The folder with private keys and secrets: 0700 and 0600, whole files replaced at once, one writer at a time."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from idp.kernel.refusal import Refused
from idp.keys.rotation import SigningKey

RING = "signing.json"
#: What changes when a file is written, or opened to others.
Stamp = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Folder:
    path: Path

    def make(self) -> None:
        """Make the folder if need be, and close it to others."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.path.stat().st_mode & 0o077:
            self.path.chmod(0o700)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the folder's lock: of two commands started together one waits for the other."""
        descriptor = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def stamp(self, name: str = RING) -> Stamp | None:
        """Return what changes when the file is written, or None while there is none."""
        try:
            found = (self.path / name).stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size, found.st_mode

    def keys(self) -> tuple[SigningKey, ...]:
        """Read the ring; raise ``Refused`` when it can't be read or others can read it."""
        content = self.read(RING)
        if content is None:
            return ()
        try:
            return tuple(_key(entry) for entry in orjson.loads(content)["keys"])
        except (ValueError, KeyError, TypeError) as error:
            raise Refused("keys.unreadable", path=str(self.path / RING), reason=str(error)) from error

    def write_keys(self, keys: tuple[SigningKey, ...]) -> None:
        entries = [
            {
                "kid": key.kid,
                "alg": key.alg,
                "announced_at": key.announced_at.isoformat(),
                "starts_at": key.starts_at.isoformat(),
                "jwk": key.jwk,
            }
            for key in keys
        ]
        self.write(RING, orjson.dumps({"keys": entries}, option=orjson.OPT_INDENT_2))

    def secret(self, name: str) -> bytes | None:
        content = self.read(f"{name}.secret")
        if content is None:
            return None
        try:
            found = bytes.fromhex(content.decode("ascii").strip())
        except ValueError:
            found = b""
        if len(found) < 32:
            raise Refused("keys.unreadable", path=str(self.path / f"{name}.secret"), reason="not 32 bytes in hex")
        return found

    def make_secret(self, name: str) -> bytes:
        """Make the named 256-bit secret unless it is there; call while ``alone``."""
        found = self.secret(name)
        if found is None:
            found = secrets.token_bytes(32)
            self.write(f"{name}.secret", found.hex().encode() + b"\n")
        return found

    def put(self, name: str, content: bytes) -> None:
        """Write a file as a backup has it."""
        self.make()
        (self.path / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.write(name, content)

    def read(self, name: str) -> bytes | None:
        """Return a file's content, or None if there is none; refuse one that others can read."""
        path = self.path / name
        try:
            with path.open("rb") as opened:
                if os.fstat(opened.fileno()).st_mode & 0o077:
                    raise Refused("keys.too_open", path=str(path))
                return opened.read()
        except FileNotFoundError:
            return None
        except PermissionError as error:
            raise Refused("keys.unreadable", path=str(path), reason=error.strerror or "") from error

    def write(self, name: str, content: bytes) -> None:
        """Replace the file in one step: a reader sees the old content or the new, also after a power cut."""
        beside = (self.path / name).with_name(f".{Path(name).name}.new")
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        beside.replace(self.path / name)
        directory = os.open(beside.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def _key(entry: dict[str, Any]) -> SigningKey:
    return SigningKey(
        entry["kid"],
        entry["alg"],
        datetime.fromisoformat(entry["announced_at"]),
        datetime.fromisoformat(entry["starts_at"]),
        entry["jwk"],
    )
