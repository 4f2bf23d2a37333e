"""Real servers for tests, started on loopback on free ports: PostgreSQL and Redis as Debian ships them."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest

#: Ports below 32768, for higher ones collide with outgoing connections; each process of tests begins elsewhere.
_FIRST, _LAST = 20_000, 32_767
_next = _FIRST + os.getpid() * 7919 % (_LAST - _FIRST)


def free_port() -> int:
    """Return a free port of loopback that this process did not give away yet."""
    global _next
    for _ in range(_FIRST, _LAST):
        _next = _next + 1 if _next < _LAST else _FIRST
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", _next))
            except OSError:
                continue
            return _next
    raise RuntimeError("no free port")


def program(name: str) -> str:
    """Return the path of a program; in CI a missing one fails the test, elsewhere it skips it."""
    places = [*sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True), Path("/usr/sbin")]
    search = os.pathsep.join([os.environ.get("PATH", ""), *map(str, places)])
    found = shutil.which(name, path=search)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name} is not installed")
        pytest.skip(f"{name} is not installed")
    return found


def wait_for(port: int, seconds: float = 60) -> None:
    """Return when the port of loopback takes connections; fail if it doesn't within the time."""
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


@contextmanager
def listening(command: Sequence[str], port: int, log: Path, **how: Any) -> Iterator[None]:
    """Run a server on the port while the block lasts; what it says goes to the log."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, **how)
    try:
        wait_for(port)
        # Whoever listens there may be somebody else's, who was quicker to take the port.
        assert process.poll() is None, log.read_text(encoding="utf-8")[-2000:]
        yield
    finally:
        process.terminate()
        process.wait(20)


@dataclass
class Running:
    """One server that can be stopped and started again where it was, with the data it keeps."""

    url: str
    port: int
    command: Sequence[str]
    log: Path
    #: Returns the process to signal: a server that runs as another user has a helper for its parent.
    pid: Callable[[int], int] = int
    #: Asks more than whether the port takes connections, and raises while the server isn't ready.
    greet: Callable[[], object] = object
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        end = time.monotonic() + 30
        while True:
            # Whoever listens there may be somebody else's, who was quicker to take the port.
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                self.greet()
                return
            except Exception:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def stop(self, sign: signal.Signals = signal.SIGINT) -> None:
        """SIGINT is both servers' quick and orderly end, SIGKILL (PostgreSQL: SIGQUIT) the sudden one."""
        if self.process is not None:
            self.signal(sign)
            self.process.wait(20)
            self.process = None

    def signal(self, sign: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.pid(self.process.pid), sign)


@contextmanager
def postgresql(durable: bool = False) -> Iterator[Running]:
    """Run a PostgreSQL server with new data; its ``url`` is without a database name.

    Tests end no machine, so they do without what makes writes outlive a power cut.
    """
    with place_of_postgres() as folder:
        how = ("-A", "trust", "-U", "idp", "-E", "UTF8", "--locale", "C", "--no-sync")
        as_postgres("initdb", "-D", folder / "data", *how)
        server = postgresql_on(folder, f"fsync={'on' if durable else 'off'}")
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def place_of_postgres() -> Iterator[Path]:
    """A folder that PostgreSQL's user can reach: pytest closes its own to others, whenever another run of it starts."""
    with TemporaryDirectory(prefix="idp-postgresql-") as name:
        if os.geteuid() == 0:
            shutil.chown(name, "postgres")
        yield Path(name)


def postgresql_on(folder: Path, *options: str) -> Running:
    """Return a server for data that are there."""
    port, data = free_port(), folder / "data"
    told = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", "max_connections=200"]
    command = [*_as_user(), program("postgres"), "-D", str(data)]
    for option in (*told, *options):
        command += ["-c", option]
    return Running(
        f"postgresql+psycopg://idp@127.0.0.1:{port}",
        port,
        command,
        folder / "log",
        lambda _: int((data / "postmaster.pid").read_text().split()[0]),
        lambda: psycopg.connect(f"host=127.0.0.1 port={port} user=idp dbname=postgres").close(),
    )


def as_postgres(name: str, *arguments: object) -> None:
    """Run one of PostgreSQL's programs."""
    command = [*_as_user(), program(name), *map(str, arguments)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _as_user() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@contextmanager
def redis(folder: Path) -> Iterator[Running]:
    """Run a Redis server without persistence."""
    port = free_port()
    command = [program("redis-server"), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = Running(f"redis://127.0.0.1:{port}/0", port, command, folder / "redis.log")
    server.start()
    try:
        yield server
    finally:
        server.stop()
