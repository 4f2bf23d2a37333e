"""Several Redis servers as one store: a primary with two replicas under three Sentinels, and a cluster of three."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.servers import Running, free_port, program


@dataclass(frozen=True)
class Group:
    """``url`` is what the provider gets; ``servers`` are the data's, the first one the first primary."""

    url: str
    servers: list[Running]

    def clear(self) -> None:
        for server in self.servers:
            with Redis(port=server.port) as client:
                if client.role()[0] == b"master":
                    client.flushall()


@contextmanager
def sentinel(folder: Path) -> Iterator[Group]:
    """Three servers, each with a Sentinel that takes a silent primary for dead after a second."""
    with ExitStack() as stack:
        servers: list[Running] = []
        for number in range(3):
            follow = ["--replicaof", "127.0.0.1", str(servers[0].port)] if servers else []
            servers.append(_start(stack, folder / f"server-{number}", [*follow, "--repl-diskless-sync-delay", "0"]))
        watchers: list[Running] = []
        for number in range(3):
            told = folder / f"sentinel-{number}.conf"
            told.write_text(
                f"sentinel monitor city 127.0.0.1 {servers[0].port} 2\n"
                "sentinel down-after-milliseconds city 1000\nsentinel failover-timeout city 3000\n"
            )
            watchers.append(_start(stack, folder / f"sentinel-{number}", [], [str(told), "--sentinel"]))
        with Redis(port=servers[0].port) as primary, Redis(port=watchers[0].port, decode_responses=True) as watcher:
            until(lambda: primary.info("replication")["connected_slaves"] == 2)
            until(lambda: watcher.sentinel_master("city")["num-other-sentinels"] == 2)
            until(lambda: watcher.sentinel_master("city")["num-slaves"] == 2)
        hosts = ",".join(f"127.0.0.1:{watcher.port}" for watcher in watchers)
        yield Group(f"redis+sentinel://{hosts}/city", servers)


@contextmanager
def cluster(folder: Path) -> Iterator[Group]:
    """Three primaries, each with a third of the slots; what one holds is gone while it is down, the rest is served."""
    with ExitStack() as stack:
        servers: list[Running] = []
        for number in range(3):
            options = ["--cluster-enabled", "yes", "--cluster-require-full-coverage", "no"]
            options += ["--cluster-node-timeout", "1000"]
            servers.append(_start(stack, folder / f"node-{number}", options, cluster=True))
        clients = [stack.enter_context(Redis(port=server.port, decode_responses=True)) for server in servers]
        bounds = [0, 5461, 10923, 16384]
        for number, client in enumerate(clients):
            client.execute_command("CLUSTER", "ADDSLOTSRANGE", bounds[number], bounds[number + 1] - 1)
            client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for server in servers[1:]:
            bus = server.command[server.command.index("--cluster-port") + 1]
            clients[0].execute_command("CLUSTER", "MEET", "127.0.0.1", server.port, bus)
        for client in clients:
            until(lambda client=client: _is_whole(str(client.execute_command("CLUSTER", "INFO"))))
        hosts = ",".join(f"127.0.0.1:{server.port}" for server in servers)
        yield Group(f"redis+cluster://{hosts}", servers)


def until(holds: Callable[[], object], seconds: float = 20) -> None:
    """Return when it holds; a server that doesn't answer yet doesn't hold it."""
    end = time.monotonic() + seconds
    while True:
        try:
            if holds():
                return
        except RedisError:
            pass
        if time.monotonic() > end:
            raise TimeoutError("it never held")
        time.sleep(0.05)


def _is_whole(told: str) -> bool:
    return "cluster_state:ok" in told and "cluster_slots_ok:16384" in told


def _start(
    stack: ExitStack, folder: Path, options: list[str], first: list[str] | None = None, cluster: bool = False
) -> Running:
    folder.mkdir()
    port = free_port()
    if cluster:
        options = [*options, "--cluster-port", str(free_port())]
    command = [
        program("redis-server"),
        *(first or []),
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(folder),
    ]
    server = Running("", port, [*command, "--save", "", "--appendonly", "no", *options], folder / "log")
    server.start()
    stack.callback(server.stop)
    return server
