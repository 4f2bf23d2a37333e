"""Where it is measured: pairs of stores, and our servers and bare ones of both kinds, each started for real."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.server.processes import family, pss
from idp.kernel.clock import utc_now
from idp.kernel.settings import load
from idp.wiring import build, prepare
from tests import servers
from tests.city import City
from tests.stores import administer

WORKERS = 2
SERVERS = ("granian", "gunicorn")
STORES = ("SQLite + file", "PostgreSQL + Redis")


@dataclass(frozen=True, slots=True)
class Stores:
    """``pids`` are the processes of the stores that aren't files, as of now: PostgreSQL has one for a connection."""

    database: str
    short_lived: str
    roots: tuple[int, ...] = ()

    def pids(self) -> list[int]:
        return [pid for root in self.roots for pid in family(root)]


@dataclass(frozen=True, slots=True)
class Place:
    """A server that answers at the port; ``root`` is the process that was started."""

    port: int
    root: int
    stores: Stores

    def pids(self) -> list[int]:
        return family(self.root)

    def workers(self) -> list[int]:
        """Return the processes that answer: they were started last, and hold most."""
        return sorted(self.pids(), key=lambda pid: pss([pid]))[-WORKERS:]


@contextmanager
def stores(kind: str, folder: Path) -> Iterator[Stores]:
    if kind == "SQLite + file":
        yield Stores(f"sqlite:///{folder}/idp.db", f"file:{folder}/state.db")
        return
    with servers.postgresql(durable=True) as database, servers.redis(folder) as short_lived:
        administer(database.url, "CREATE DATABASE idp")
        assert database.process is not None and short_lived.process is not None
        yield Stores(f"{database.url}/idp", short_lived.url, (database.process.pid, short_lived.process.pid))


@contextmanager
def ours(server: str, where: Stores, folder: Path, **settings: str) -> Iterator[tuple[Place, City]]:
    """Run the provider over the stores, and open the same stores here, to arrange what is asked for."""
    port = servers.free_port()
    given = {
        "SERVER__ISSUER": f"http://127.0.0.1:{port}",
        "SERVER__LISTEN": f"127.0.0.1:{port}",
        "SERVER__WORKERS": str(WORKERS),
        "DATABASE__URL": where.database,
        "SHORT_LIVED__URL": where.short_lived,
        "KEYS__FOLDER": str(folder / "keys"),
        **settings,
    }
    environment = {f"IDP__{name}": value for name, value in given.items()}
    loaded = load(None, environment)
    prepare(loaded)
    command = [sys.executable, "-m", "idp.cli", "serve", "--no-jobs", "--server", server]
    with (
        _running(command, port, where, folder / f"{server}.log", environment) as place,
        closing(build(loaded)) as flows,
    ):
        city = City(flows)
        city.at = utc_now()
        yield place, city


@contextmanager
def bare(server: str, folder: Path) -> Iterator[Place]:
    """Run a function that does nothing on the same server, set up in the same way."""
    port = servers.free_port()
    command = [*_granian(port), "bench.server.bare:application"]
    if server == "gunicorn":
        how = ["-k", "gthread", "--threads", "16", "-w", str(WORKERS), "-b", f"127.0.0.1:{port}", "--keep-alive", "15"]
        command = [sys.executable, "-m", "gunicorn", *how, "bench.server.bare:application"]
    with _running(command, port, Stores("", ""), folder / f"bare-{server}.log", {}) as place:
        yield place


def _granian(port: int) -> list[str]:
    how = ["--interface", "wsgi", "--workers", str(WORKERS), "--blocking-threads", "16", "--no-ws", "--http", "1"]
    return [sys.executable, "-m", "granian", *how, "--host", "127.0.0.1", "--port", str(port)]


@contextmanager
def _running(command: list[str], port: int, where: Stores, log: Path, environment: dict[str, str]) -> Iterator[Place]:
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, **environment})
    try:
        servers.wait_for(port)
        assert process.poll() is None, log.read_text(encoding="utf-8")[-2000:]
        yield Place(port, process.pid, where)
    finally:
        process.terminate()
        process.wait(20)
