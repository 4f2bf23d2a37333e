"""Embedded stores serve one machine: another one that sees the files is refused while the first serves."""

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from idp.kernel.refusal import Refused
from idp.store.one_host import held, network_of, this_host

HOLD = "import sys; from pathlib import Path; from idp.store.one_host import held\n"
HOLD += "with held(Path(sys.argv[1]), sys.argv[2]):\n    print('held', flush=True); sys.stdin.read()"


@pytest.fixture
def elsewhere(tmp_path: Path):
    """Another process that holds the store in the name of another machine, until its input ends."""
    command = [sys.executable, "-c", HOLD, str(tmp_path / "idp.db"), "another machine"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_another_machine_is_refused_while_one_serves(tmp_path, elsewhere):
    with pytest.raises(Refused) as refused, held(tmp_path / "idp.db"):
        pass

    assert refused.value.code == "store.other_host"


def test_a_machine_that_died_leaves_nothing_to_clear_away(tmp_path, elsewhere):
    elsewhere.kill()
    elsewhere.wait()

    with held(tmp_path / "idp.db"):
        assert (tmp_path / "idp.db.host").read_text() == this_host()


def test_several_commands_of_one_machine_serve_together(tmp_path):
    with ExitStack() as both:
        both.enter_context(held(tmp_path / "idp.db"))
        both.enter_context(held(tmp_path / "idp.db"))


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/srv/idp/idp.db", "nfs4"), ("/srv/idp-old/idp.db", ""), ("/srv/idp/local/idp.db", ""), ("/var/idp.db", "")],
)
def test_a_network_file_system_is_told_by_the_nearest_mount(path, kind):
    mounts = "/dev/sda / ext4 rw 0 0\nnas:/idp /srv/idp nfs4 rw 0 0\n/dev/sdb /srv/idp/local xfs rw 0 0\n"

    assert network_of(Path(path), mounts) == kind
