"""The supervisor starts again what dies, gives up on what can't live, and ends everything in time."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from demo.supervisor import GRACE_SECONDS, Broken, Child, Supervisor

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"


def child(folder: Path, code: str) -> Child:
    return Child("it", [sys.executable, "-c", code], dict(os.environ), folder / "it.log")


def test_what_dies_is_started_again(tmp_path, capsys):
    supervisor, it = Supervisor(), child(tmp_path, "import time; time.sleep(60)")
    supervisor.start(it)
    first = it.process
    it.signal(signal.SIGKILL)
    first.wait()
    supervisor._look_after()
    assert it.lives and it.process is not first
    assert "started again" in capsys.readouterr().err
    supervisor.end()
    assert not it.lives


def test_what_cannot_live_ends_the_city_with_its_last_words(tmp_path):
    supervisor = Supervisor()
    supervisor.start(child(tmp_path, "print('no licence'); raise SystemExit(3)"))
    with pytest.raises(Broken, match="no licence"):
        supervisor.watch()
    supervisor.end()


def test_even_the_stubborn_end_within_five_seconds(tmp_path):
    supervisor, it = Supervisor(), child(tmp_path, STUBBORN)
    supervisor.start(it)
    while "up" not in it.last_words():
        time.sleep(0.01)
    began = time.monotonic()
    supervisor.end()
    assert not it.lives
    assert GRACE_SECONDS <= time.monotonic() - began < 5


def test_without_its_parent_everything_ends(tmp_path):
    supervisor = Supervisor(parent=os.getppid() + 1)
    supervisor.watch()
    assert supervisor.told


def test_a_killed_supervisor_leaves_nobody_behind(tmp_path):
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, '.');"
        "from tests.demo.test_supervisor import child, Supervisor;"
        f"it = child(Path({str(tmp_path)!r}), 'import time; time.sleep(60)'); supervisor = Supervisor();"
        "supervisor.start(it); print(it.process.pid, flush=True); supervisor.watch()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        left = int(process.stdout.readline())
        process.kill()
    end = time.monotonic() + 5
    while Path(f"/proc/{left}").exists() and Path(f"/proc/{left}/stat").read_text().split()[2] != "Z":
        assert time.monotonic() < end
        time.sleep(0.02)
