"""Two processes with four threads each that wait at a gate and then all do the same: races as between real workers."""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

#: What one process opens for itself, once an address; it is called with what the racers were given.
Open = Callable[..., Any]
PROCESSES, THREADS = 2, 4
EVERYBODY = PROCESSES * THREADS


@dataclass(frozen=True)
class Racers:
    """``race(open, given, act, *args)`` returns eight answers: what ``act(opened, number, *args)`` returned or raised.

    ``open`` and ``act`` are functions of a module, for another process must find them by name.
    """

    tasks: list[Any] = field(repr=False)
    answers: Any = field(repr=False)

    def __call__(self, opens: Open, given: tuple[Any, ...], act: Callable[..., Any], *args: Any) -> list[Any]:
        for mine in self.tasks:
            mine.put((opens, given, act, args))
        return [self.answers.get(timeout=60) for _ in range(EVERYBODY)]


def _work(number: int, tasks: Any, gate: Any, answers: Any) -> None:
    opened: dict[Any, Any] = {}

    def one(thread: int, act: Callable[..., Any], thing: Any, args: tuple[Any, ...]) -> None:
        gate.wait(30)
        try:
            answers.put(act(thing, number * THREADS + thread, *args))
        except Exception as error:
            answers.put(f"{type(error).__name__}: {error}")

    with ThreadPoolExecutor(THREADS) as pool:
        while (task := tasks.get()) is not None:
            opens, given, act, args = task
            if (opens, given) not in opened:
                for old in opened.values():
                    old.close()
                opened = {(opens, given): opens(*given)}
            thing = opened[opens, given]
            for done in [pool.submit(one, thread, act, thing, args) for thread in range(THREADS)]:
                done.result()
    for old in opened.values():
        old.close()


@contextmanager
def started() -> Iterator[Racers]:
    spawn = multiprocessing.get_context("spawn")
    gate, answers = spawn.Barrier(EVERYBODY), spawn.Queue()
    tasks = [spawn.Queue() for _ in range(PROCESSES)]
    workers = [
        spawn.Process(target=_work, args=(number, mine, gate, answers), daemon=True)
        for number, mine in enumerate(tasks)
    ]
    for worker in workers:
        worker.start()
    try:
        yield Racers(tasks, answers)
    finally:
        for mine in tasks:
            mine.put(None)
        for worker in workers:
            worker.join(30)
        for queue in (*tasks, answers):
            queue.close()
            queue.join_thread()
