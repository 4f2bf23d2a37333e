"""The command ``idp`` itself: what every command of it does before its own work."""

import stat
import subprocess
import sys
from pathlib import Path


def idp(tmp_path: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {
        "IDP__DATABASE__URL": f"sqlite:///{tmp_path}/data/idp.db",
        "IDP__SHORT_LIVED__URL": f"file:{tmp_path}/data/state.db",
        "IDP__KEYS__FOLDER": str(tmp_path / "keys"),
        **environment,
    }
    command = [sys.executable, "-m", "idp.cli", *arguments]
    return subprocess.run(command, env=given, capture_output=True, text=True, check=False)


def test_what_is_written_is_for_its_own_user_alone(tmp_path: Path) -> None:
    assert idp(tmp_path, "keys", "rotate").returncode == 0
    assert idp(tmp_path, "clients", "list").returncode == 0

    written = [path for path in tmp_path.rglob("*") if path != tmp_path]
    assert {path.name for path in written} >= {"idp.db", "signing.json"}
    assert not [path for path in written if stat.S_IMODE(path.stat().st_mode) & 0o077]


def test_every_faulty_setting_is_told_in_words_and_nothing_starts(tmp_path: Path) -> None:
    done = idp(tmp_path, "serve", IDP__SERVER__ISSUER="http://city.example", IDP__LIMITS__NONE="1")

    assert done.returncode == 1
    assert "server.issuer:" in done.stderr and "limits.none:" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def test_wrong_usage_is_exit_code_two(tmp_path: Path) -> None:
    assert idp(tmp_path, "clients", "nothing").returncode == 2
    assert idp(tmp_path, "nothing").returncode == 2


def test_every_command_says_what_it_is_for(tmp_path: Path) -> None:
    told = idp(tmp_path, "--help").stdout
    listed = told.partition("Commands:\n")[2].strip().splitlines()

    assert len(listed) >= 5
    assert all(len(line.split(maxsplit=1)) == 2 for line in listed)
