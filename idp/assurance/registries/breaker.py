"""Leaves a registry alone that doesn't answer: after some failures in a row nobody calls it until a pause is over."""

from collections.abc import Callable
from threading import Lock

from idp.assurance.registries.registry import Answer, Person, Registry, Verdict

#: What is answered without a call. It says nothing about the person.
RESTING = Answer(Verdict.UNAVAILABLE, why="resting")


class Breaker:
    """A registry around a registry, one in each process. After the pause one caller tries; a success closes it again.

    A page then tells people at once that the fund doesn't answer, instead of letting everybody wait for that.
    """

    def __init__(
        self, registry: Registry, clock: Callable[[], float], failures: int = 5, pause_seconds: float = 30.0
    ) -> None:
        self._registry = registry
        self._clock = clock
        self._most = failures
        self._pause = pause_seconds
        self._lock = Lock()
        self._failed = 0
        self._again_at = 0.0

    @property
    def is_open(self) -> bool:
        """Tell whether a call would be answered without asking."""
        with self._lock:
            return self._failed >= self._most and self._clock() < self._again_at

    def ask(self, request_id: str, person: Person, seconds: float) -> Answer:
        return self._through(lambda: self._registry.ask(request_id, person, seconds))

    def poll(self, request_id: str, ticket: str, seconds: float) -> Answer:
        return self._through(lambda: self._registry.poll(request_id, ticket, seconds))

    def _through(self, call: Callable[[], Answer]) -> Answer:
        with self._lock:
            if self._failed >= self._most:
                if self._clock() < self._again_at:
                    return RESTING
                # This caller tries; whoever comes meanwhile still finds it resting.
                self._again_at = self._clock() + self._pause
        answer = call()
        with self._lock:
            if answer.line_dead:
                self._failed += 1
                if self._failed >= self._most:
                    self._again_at = self._clock() + self._pause
            else:
                self._failed = 0
        return answer
