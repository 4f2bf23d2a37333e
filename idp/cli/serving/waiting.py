"""The connections of which a worker awaits something, each until its time is over; who ends first comes first."""

import time

from idp.cli.serving.connection import Connection, Phase


class Waiting:
    """``seconds`` is how long each phase may take. Within one phase who began earlier ends earlier, so the first of
    each is all that has to be looked at."""

    def __init__(self, seconds: dict[Phase, float]) -> None:
        self._seconds = seconds
        self._lines: dict[Phase, dict[Connection, None]] = {phase: {} for phase in Phase}

    def __len__(self) -> int:
        return sum(map(len, self._lines.values()))

    def add(self, connection: Connection, phase: Phase) -> None:
        """Begin a phase; its time counts from now."""
        connection.phase = phase
        connection.until = time.monotonic() + self._seconds[phase]
        self._lines[phase][connection] = None

    def remove(self, connection: Connection) -> None:
        self._lines[connection.phase].pop(connection, None)

    def overdue(self) -> list[Connection]:
        """Return those whose time is over."""
        now, found = time.monotonic(), []
        for line in self._lines.values():
            for connection in line:
                if connection.until > now:
                    break
                found.append(connection)
        return found

    def next_end(self) -> float | None:
        """Return in how many seconds the next one's time is over."""
        ends = [next(iter(line)).until for line in self._lines.values() if line]
        return max(0.0, min(ends) - time.monotonic()) if ends else None

    def shorten(self, seconds: float) -> None:
        """From now on give everybody this long at most."""
        self._seconds = {phase: min(given, seconds) for phase, given in self._seconds.items()}
        latest = time.monotonic() + seconds
        for line in self._lines.values():
            for connection in line:
                connection.until = min(connection.until, latest)

    def least(self) -> Connection | None:
        """Return who should make room for somebody new."""
        for phase in Phase:
            for connection in self._lines[phase]:
                return connection
        return None
