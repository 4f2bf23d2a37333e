"""A portal that renews its token again and again while stores and workers come and go."""

import threading
import time
from dataclasses import dataclass, field

from tests.wire.load import Portal


@dataclass
class Chain(threading.Thread):
    """A portal that renews its token again and again, and asks with the same one until it is answered."""

    portal: Portal
    token: str
    ended: threading.Event
    acknowledged: int = 0
    statuses: set[int] = field(default_factory=set)
    failed_at: float = 0.0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    __hash__ = threading.Thread.__hash__

    def run(self) -> None:
        while not self.ended.is_set():
            told = self.portal.refresh(self.token)
            self.statuses.add(told.status)
            if told.status == 200:
                self.token, self.acknowledged = told.body["refresh_token"], self.acknowledged + 1
            else:
                self.failed_at = time.monotonic()

    def goes_on(self, turns: int = 5, seconds: float = 30) -> None:
        """Return when it was answered some times more."""
        goal, end = self.acknowledged + turns, time.monotonic() + seconds
        while self.acknowledged < goal:
            assert self.is_alive() and time.monotonic() < end, self.statuses
            time.sleep(0.02)
