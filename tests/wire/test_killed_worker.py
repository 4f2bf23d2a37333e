"""Workers killed in the middle of code exchanges: no code honoured twice, nobody's session or token lost."""

import os
import signal
import threading
import time
from datetime import timedelta

from tests.provider import Provider
from tests.wire.load import CALLERS, Portal, Told, each

CODES, KILLS = 240, 4


class Killer(threading.Thread):
    """Kills a worker, waits until another stands in its place, and goes on, while the load lasts."""

    def __init__(self, provider: Provider) -> None:
        super().__init__()
        self.provider = provider
        self.ended = threading.Event()
        self.kills = 0

    def run(self) -> None:
        while not self.ended.is_set() and self.kills < KILLS:
            workers = self.provider.workers()
            if len(workers) == 2:
                os.kill(workers[self.kills % 2], signal.SIGKILL)
                self.kills += 1
            self.ended.wait(0.3)


def test_a_killed_worker_costs_only_what_it_was_handling(provider: Provider, portal: Portal) -> None:
    codes = [portal.new_code(offline=True) for _ in range(CODES)]

    def use(code: str) -> list[Told]:
        """A portal whose line breaks asks once more, which may be too late for the code."""
        first = portal.exchange(code)
        return [first] if first.status else [first, portal.exchange(code)]

    killer = Killer(provider)
    killer.start()
    told = each(use, codes)
    killer.ended.set()
    killer.join()

    assert killer.kills >= 2
    assert {answer.status for answers in told for answer in answers} <= {0, 200, 400}
    broken = [answers for answers in told if answers[0].status == 0]
    assert len(broken) <= killer.kills * CALLERS
    assert all(answers[0].status == 200 for answers in told if answers[0].status)

    # Whoever was answered keeps everything; the code is worth nothing, and who tries it again ends what it gave.
    given = [answers[-1].body["refresh_token"] for answers in told if answers[-1].status == 200]
    assert {answer.status for answer in each(portal.refresh, given)} == {200}
    assert {answer.status for answer in each(portal.exchange, codes)} == {400}
    session = provider.flows.people.sessions.get("session")
    assert session is not None and session.is_live(session.seen_at + timedelta(seconds=1))

    end = time.monotonic() + 20
    while len(provider.workers()) < 2:
        assert time.monotonic() < end
        time.sleep(0.05)
