"""Keeps the city's processes running, starts again what died, and ends everything when it is told to."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

#: From the signal to the last process gone must pass less than five seconds.
GRACE_SECONDS = 1.5
#: A process that dies so often within so many seconds won't live.
DEATHS, DEATHS_SECONDS = 3, 30.0


#: Linux: the signal that a process gets when its parent is gone (prctl(2), PR_SET_PDEATHSIG).
_PARENT_GONE = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class Broken(Exception):
    """A process can't be kept alive; the message says which, and where its own words are."""


@dataclass
class Child:
    """One process in a group of its own, so that Ctrl-C reaches the supervisor alone; its words go into a log."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as words:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.environment),
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                start_new_session=True,
                preexec_fn=_end_with_supervisor,
            )

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, sign: signal.Signals) -> None:
        """Reach every process of the group, the leader's children too."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, sign)
            except ProcessLookupError:
                return

    def last_words(self, number: int = 12) -> str:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-number:])


class Supervisor:
    """``parent``: the process with which everything ends, should it go without a word; make may be killed."""

    def __init__(self, parent: int | None = None) -> None:
        self.children: list[Child] = []
        self.told = False
        self._parent = parent

    def heed(self) -> None:
        """From now on SIGTERM and Ctrl-C end the city; a closed terminal does too, but not under ``nohup``."""
        signal.signal(signal.SIGTERM, self._hear)
        signal.signal(signal.SIGINT, self._hear)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._hear)

    def _hear(self, _sign: int, _frame: FrameType | None) -> None:
        self.told = True

    def start(self, child: Child) -> None:
        child.start()
        self.children.append(child)

    def wait_until_up(self, checks: Mapping[str, Callable[[], bool]], seconds: float = 60.0) -> bool:
        """Return True when every check has held once, False if told to end meanwhile."""
        end, waiting = time.monotonic() + seconds, list(checks)
        while waiting and not self.told:
            self._look_after()
            if checks[waiting[0]]():
                waiting.pop(0)
            elif time.monotonic() > end:
                raise Broken(f"{waiting[0]} isn't up after {seconds:.0f} s.")
            else:
                time.sleep(0.02)
        return not self.told

    def watch(self) -> None:
        """Stay until told to end."""
        while not self.told:
            self._look_after()
            time.sleep(0.2)

    def end(self) -> None:
        """End every process: kindly first, then surely."""
        for child in self.children:
            child.signal(signal.SIGTERM)
        limit = time.monotonic() + GRACE_SECONDS
        while any(child.lives for child in self.children) and time.monotonic() < limit:
            time.sleep(0.02)
        for child in self.children:
            child.signal(signal.SIGKILL)
            if child.process is not None:
                child.process.wait()

    def _look_after(self) -> None:
        self.told = self.told or self._parent not in (None, os.getppid())
        for child in self.children:
            if child.lives or self.told:
                continue
            now = time.monotonic()
            child.deaths = [at for at in child.deaths if now - at < DEATHS_SECONDS] + [now]
            if len(child.deaths) >= DEATHS:
                raise Broken(
                    f"{child.name} ends again and again. Its last words, from {child.log}:\n{child.last_words()}"
                )
            print(f"{child.name} ended and is started again; see {child.log}", file=sys.stderr, flush=True)
            child.signal(signal.SIGKILL)
            child.start()


def _end_with_supervisor() -> None:
    """Run in the new process: let it end even if the supervisor is killed without a chance to say so."""
    if _LIBC is not None:
        _LIBC.prctl(_PARENT_GONE, signal.SIGTERM)


def listens(host: str, port: int) -> bool:
    """Tell whether somebody takes connections there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True
