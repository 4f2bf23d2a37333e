"""The whole demo city, run for tests as ``make run`` runs it, on free ports of loopback."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from demo.place import Spot


def free_block() -> int:
    """Return the first of as many free ports as the city needs, below those that outgoing connections use."""
    for first in range(21_000 + os.getpid() % 500 * 20, 32_000, 20):
        probes = [socket.socket() for _ in Spot]
        try:
            for spot, probe in zip(Spot, probes, strict=True):
                probe.bind(("127.0.0.1", first + spot))
            return first
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
    raise RuntimeError("no free ports")


@contextmanager
def running_city(
    port: int, data: Path, *more: str, environment: Mapping[str, str] | None = None, within: float = 60
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Run the city; yield its table and ``city.json``; see it end within so many seconds of SIGTERM.

    What is promised is five, which the city's own test holds; elsewhere the limit only catches a hang.
    ``environment``: settings of the provider in its own spelling, ``IDP__SECTION__NAME``.
    """
    command = [sys.executable, "-m", "demo", "--port", str(port), "--data", str(data), *more]
    whole = {**os.environ, **(environment or {})}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=whole) as process:
        assert process.stdout is not None
        shown = ""
        for line in process.stdout:
            shown += line
            if "FRESH=1" in line:
                break
        else:
            pytest.fail("the city did not come up\n" + logs(data))
        try:
            yield shown, json.loads((data / "demo" / "city.json").read_text(encoding="utf-8"))
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(within) == 0
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def logs(data: Path) -> str:
    """Return what the city's processes said."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((data / "demo" / "logs").glob("*.log")))
