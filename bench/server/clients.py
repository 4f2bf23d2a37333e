"""Clients in processes of their own, so that what they cost is never counted as the server's."""

import os
import time
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection

from bench.server.line import Line
from bench.server.operations import Act
from bench.server.places import Place
from bench.server.processes import cpu

_fork = get_context("fork")


@dataclass(frozen=True, slots=True)
class Round:
    """CPU of the server and of its stores in ms an operation; the times that each client saw, in ms."""

    server: float
    store: float
    each: Sequence[Sequence[float]]

    @property
    def spent(self) -> float:
        return self.server + self.store

    def within(self, share: float, clients: slice = slice(None)) -> float:
        """Return the time within which this share of the operations was done."""
        times = sorted(spent for one in self.each[clients] for spent in one)
        return times[min(len(times) - 1, int(share * len(times)))]


def measure(place: Place, acts: Sequence[Act], seconds: float) -> Round:
    """Let a client do each of the acts again and again for so long, all at once; the first ones aren't counted."""
    lines, processes = [], []
    for act in acts:
        ours, theirs = _fork.Pipe()
        process = _fork.Process(target=_client, args=(act, place.port, seconds, theirs))
        process.start()
        theirs.close()
        lines.append(ours)
        processes.append(process)
    for line in lines:
        line.recv()
    servers, stores = place.pids(), place.stores.pids()
    before, stores_before = cpu(servers), cpu(stores)
    for line in lines:
        line.send("go")
    each = []
    for line in lines:
        times = array("d")
        times.frombytes(line.recv_bytes())
        each.append(times)
    spent, stores_spent = cpu(servers) - before, cpu(stores) - stores_before
    for process in processes:
        process.join()
    number = sum(map(len, each)) / 1000
    return Round(spent / number, stores_spent / number, each)


def _client(act: Act, port: int, seconds: float, parent: Connection) -> None:
    line = Line(port)
    _repeat(act, line, min(0.3, seconds))
    parent.send("ready")
    parent.recv()
    parent.send_bytes(_repeat(act, line, seconds).tobytes())
    # Nothing of the parent's may be closed here: its connections to the stores are shared with this process.
    os._exit(0)


def _repeat(act: Act, line: Line, seconds: float) -> "array[float]":
    times = array("d")
    start = now = time.perf_counter()
    while now - start < seconds:
        began = now
        act(line)
        now = time.perf_counter()
        times.append(1000 * (now - began))
    return times
