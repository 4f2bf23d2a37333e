"""What processes cost, as Linux counts it: CPU time to the nanosecond, and memory with shared pages divided (PSS)."""

import time
from collections.abc import Iterable
from pathlib import Path


def family(pid: int) -> list[int]:
    """Return a process and everything below it."""
    found = [pid]
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        try:
            children = (thread / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            found += family(int(child))
    return found


def cpu(pids: Iterable[int]) -> float:
    """Return the seconds of CPU that these processes have spent, their ended threads' too."""
    return sum(time.clock_gettime((~pid) << 3 | 2) for pid in pids)


def pss(pids: Iterable[int]) -> float:
    """Return the memory that these processes hold, in MB; what several share counts once."""
    kilobytes = 0
    for pid in pids:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        kilobytes += int(rollup.partition("\nPss:")[2].split()[0])
    return kilobytes / 1024


def load() -> str:
    return Path("/proc/loadavg").read_text().rsplit(" ", 2)[0]
