"""``idp check``: everything that is wrong, at once, each with its fix; and nothing where nothing is."""

import os
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from aiosmtpd.controller import Controller
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from idp.cli import root
from idp.journal.events import Event
from idp.store.database import Database
from idp.store.journal import Journal
from idp.store.marks import Mark, Marks
from idp.wiring import checks
from tests.front import certificate, nginx
from tests.provider import Provider, serving
from tests.servers import free_port


@pytest.fixture(scope="module")
def mail() -> Iterator[str]:
    controller = Controller(object(), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


@pytest.fixture(scope="module")
def front_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory, front_port: int) -> Iterator[Provider]:
    """It calls itself by the address of a proxy, which a test may start."""
    folder = tmp_path_factory.mktemp("checked")
    with serving(folder, issuer=f"https://localhost:{front_port}") as running:
        yield running


def environment(provider: Provider, mail: str, **more: str) -> dict[str, str | None]:
    settings = provider.flows.settings
    given = {
        "SERVER__ISSUER": settings.issuer,
        "DATABASE__URL": settings.database.url,
        "SHORT_LIVED__URL": settings.short_lived.url,
        "KEYS__FOLDER": settings.keys.folder,
        "MAIL__SMTP_URL": mail,
        **more,
    }
    return {"IDP_CONFIG": None, **{f"IDP__{name}": value for name, value in given.items()}}


def check(env: dict[str, str | None], *options: str) -> Result:
    return CliRunner().invoke(root, [*options[:-1], "check", *options[-1:]] if options else ["check"], env=env)


def lines(result: Result) -> list[str]:
    return result.output.splitlines()[:-1]


@pytest.fixture
def away(tmp_path: Path, provider: Provider, mail: str) -> dict[str, str | None]:
    """A copy of the provider's stores, to be spoilt."""
    folder = Path(provider.flows.settings.keys.folder).parent
    provider.flows.database.write_back()
    shutil.copy(folder / "idp.db", tmp_path / "idp.db")
    shutil.copytree(folder / "keys", tmp_path / "keys")
    stores = {
        "DATABASE__URL": f"sqlite:///{tmp_path}/idp.db",
        "SHORT_LIVED__URL": f"file:{tmp_path}/state.db",
        "KEYS__FOLDER": str(tmp_path / "keys"),
    }
    return environment(provider, mail, **stores)


@pytest.fixture(autouse=True)
def enough_space(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test machine may be nearly full."""
    monkeypatch.setattr(checks, "_FREE_BYTES", 0)


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.mark.parametrize("days", [60, 5, -1], ids=["for long", "for some days", "ended"])
def test_the_public_address_is_asked_as_portals_ask_it(tmp_path, provider, mail, front_port, monkeypatch, days):
    with nginx(tmp_path, [httpx.URL(provider.address).port or 0], front_port, days=days):
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "fullchain.pem"))
        result = check(environment(provider, mail))
        other = check(environment(provider, mail, SERVER__ISSUER=f"https://127.0.0.1:{front_port}"))

    if days == 60:
        assert (result.exit_code, lines(result)) == (0, []), result.output
        assert any("is told “https://localhost" in line for line in lines(other))
        return
    assert result.exit_code == 1
    assert len(lines(result)) == 1, result.output
    assert ("the certificate ends on" if days > 0 else "certificate has expired") in lines(result)[0]


def test_a_configuration_with_ten_faults_lists_ten(tmp_path, away):
    (tmp_path / "keys").chmod(0o755)
    with sqlite3.connect(tmp_path / "idp.db") as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    newer.close()
    file = tmp_path / "idp.toml"
    file.write_text(
        '[nowhere]\nx = 1\n[limits]\nno_such = 1\nsign_in_tries = "many"\n[tokens]\ncode_seconds = -1\n'
        f'[server]\nlog_level = "LOUD"\n[sms]\ngateway_url = "http://127.0.0.1:{closed_port()}"\n'
        'api_key = "k"\n'
    )
    file.chmod(0o644)
    env = {**away, "IDP_CONFIG": str(file), "IDP__MAIL__SMTP_URL": f"smtp://127.0.0.1:{closed_port()}"}

    result = check(env)

    assert result.exit_code == 1
    assert sorted(line.partition(": ")[0] for line in lines(result)) == sorted(
        [
            str(file),
            "nowhere",
            "limits.no_such",
            "limits.sign_in_tries",
            "tokens.code_seconds",
            "server.log_level",
            "keys.folder",
            "database.url",
            "mail.smtp_url",
            "sms.gateway_url",
        ]
    )
    assert "is from a newer version (9999)" in result.output
    assert "10 to mend" in result.output


def test_a_clock_that_jumped_back_is_told_by_what_the_store_has_seen(away, tmp_path):
    database = Database(f"sqlite:///{tmp_path}/idp.db")
    Journal(database, lambda: datetime.now(UTC) + timedelta(hours=1)).record(Event("session.started"))
    database.close()

    result = check(away, "--offline")

    assert len(lines(result)) == 1 and lines(result)[0].startswith("clock: the clock says")


def test_a_root_that_ended_and_one_that_cannot_be_read(away, tmp_path):
    certificate(tmp_path, days=-1)
    ended = x509.load_pem_x509_certificate((tmp_path / "fullchain.pem").read_bytes()).public_bytes(Encoding.DER)
    (tmp_path / "root.cer").write_bytes(ended)
    (tmp_path / "junk.cer").write_bytes(b"junk")

    ended_alone = check({**away, "IDP__SIGNATURES__ANCHORS_ANY_FAMILY": str(tmp_path / "root.cer")}, "--offline")
    unreadable = check({**away, "IDP__SIGNATURES__ANCHORS": str(tmp_path / "junk.cer")}, "--offline")

    assert lines(ended_alone)[0].startswith("signatures.anchors_any_family: the root certificate ended on")
    assert lines(unreadable)[0].startswith("signatures.anchors: ")


def test_a_full_disk_is_told_for_each_store(away, monkeypatch):
    monkeypatch.setattr(checks, "_FREE_BYTES", 1 << 60)

    result = check(away, "--offline")

    assert [line.partition(":")[0] for line in lines(result)] == ["database.url", "short_lived.url", "keys.folder"]


def test_what_the_demo_filled_is_told(away, tmp_path):
    database = Database(f"sqlite:///{tmp_path}/idp.db")
    Marks(database).put(Mark.DEMO, "people.toml")
    database.close()

    told = check({**away, "IDP__SERVER__ISSUER": "https://id.gorod.test"}, "--offline")

    assert [line.partition(":")[0] for line in lines(told)] == ["database.url"]


def test_stores_that_are_away_are_told(away):
    env = {
        **away,
        "IDP__DATABASE__URL": f"postgresql+psycopg://idp@127.0.0.1:{closed_port()}/idp",
        "IDP__SHORT_LIVED__URL": f"redis://127.0.0.1:{closed_port()}/0",
    }

    result = check(env, "--offline")

    assert [line.partition(":")[0] for line in lines(result)] == ["database.url", "short_lived.url"]


def test_a_look_changes_nothing(tmp_path, provider, mail):
    made = {"DATABASE__URL": f"sqlite:///{tmp_path}/var/idp.db", "SHORT_LIVED__URL": f"file:{tmp_path}/var/state.db"}
    result = check(environment(provider, mail, KEYS__FOLDER=f"{tmp_path}/keys", **made), "--offline")

    assert "idp serve makes them" in result.output
    assert os.listdir(tmp_path) == []
