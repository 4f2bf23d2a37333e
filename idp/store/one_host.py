"""Embedded stores belong to one machine: SQLite's log and locks live in the memory that its processes share.

Whoever serves holds a shared lock on a file beside the store, in which the machine is named. Another machine that can
see the file, over a network, finds the lock taken and the name foreign. A lock dies with its process: nothing is left
to clear away after a crash, and a disk that moves to another machine moves freely.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from idp.kernel.refusal import Refused

#: Another number after each start of the machine, the same in all its containers: exactly who shares memory.
_KERNEL = Path("/proc/sys/kernel/random/boot_id")
_MOUNTS = Path("/proc/mounts")
_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "glusterfs", "fuse.sshfs", "fuse.glusterfs", "9p"}
)


def this_host() -> str:
    """Return what names the running kernel."""
    return _KERNEL.read_text(encoding="ascii").strip() if _KERNEL.exists() else os.uname().nodename


@contextmanager
def held(store: Path, host: str | None = None) -> Iterator[None]:
    """Hold the store for this machine; refuse while another one holds it."""
    ours, path = host or this_host(), store.with_name(store.name + ".host")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, ours.encode(), 0)
        except BlockingIOError:
            if _named(descriptor) not in (ours, ""):
                raise Refused("store.other_host", path=str(path)) from None
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        # Between the two locks there was none: somebody else may have been quicker.
        if _named(descriptor) != ours:
            raise Refused("store.other_host", path=str(path))
        yield
    finally:
        os.close(descriptor)


def _named(descriptor: int) -> str:
    return os.pread(descriptor, 200, 0).decode("ascii", "replace")


def network_of(path: Path, mounts: str | None = None) -> str:
    """Return the kind of network file system that the path lies on, or nothing where it lies on this machine."""
    text = mounts if mounts is not None else _MOUNTS.read_text(encoding="utf-8") if _MOUNTS.exists() else ""
    whole, best, kind = path.absolute(), -1, ""
    for line in text.splitlines():
        _, place, found = line.split()[:3]
        if whole.is_relative_to(place) and len(place) >= best:
            best, kind = len(place), found
    return kind if kind in _NETWORK else ""
