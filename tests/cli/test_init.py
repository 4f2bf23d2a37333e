"""``idp init``: five answers make one settings file, keys, schema and a link, for this user's eyes alone."""

import stat
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result

from idp.cli import root
from idp.kernel.refusal import Faulty, Refused, Unavailable
from idp.kernel.settings import load
from idp.wiring import build
from tests.stores import administer

ANSWERS = {
    "--issuer": "https://id.gorod.test/",
    "--smtp-url": "smtp+starttls://idp:x@mail.gorod.test:587",
    "--sender": "Вход <no-reply@gorod.test>",
    "--sms-api-key": "key-1",
}


def run(tmp_path: Path, *more: str, answers: dict[str, str] = ANSWERS, **how: str) -> Result:
    options = [part for pair in answers.items() for part in pair]
    file, folder = ["--file", str(tmp_path / "idp.toml")], ["--folder", str(tmp_path / "srv")]
    return CliRunner().invoke(root, ["init", *file, *folder, *options, *more], env={"IDP_CONFIG": None}, **how)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_options_make_a_provider_that_is_set_up(tmp_path: Path) -> None:
    result = run(tmp_path)

    assert result.exit_code == 0, result.output
    settings = load(tmp_path / "idp.toml", {})
    assert settings.issuer == "https://id.gorod.test"
    assert settings.backup.ledger == str(tmp_path / "srv/var/ledger.jsonl")  # wherever restore is called from
    assert settings.mail.sender == "Вход <no-reply@gorod.test>" and settings.sms.api_key == "key-1"
    assert mode(tmp_path / "idp.toml") == 0o600
    made = [tmp_path / "srv/keys", *(tmp_path / "srv/keys").iterdir(), tmp_path / "srv/var/idp.db"]
    assert len(made) > 4 and all(mode(path) & 0o077 == 0 for path in made)


def test_the_link_it_prints_makes_a_token(tmp_path: Path) -> None:
    link = run(tmp_path).output.splitlines()[-1]

    assert link.startswith("https://id.gorod.test/first-admin?token=")
    flows = build(load(tmp_path / "idp.toml", {}))
    try:
        secret = urlsplit(link).query.removeprefix("token=")
        flows.people.first_admin.require(secret)
        assert flows.people.first_admin.take(secret, "Anna").secret
        with pytest.raises(Refused):
            flows.people.first_admin.require(secret)
    finally:
        flows.close()


def test_on_a_terminal_it_asks_five_questions(tmp_path: Path) -> None:
    said = "\n".join(["https://id.gorod.test", str(tmp_path / "srv"), "smtp://mail.gorod.test", "a@gorod.test", "", ""])
    file = ["init", "--file", str(tmp_path / "idp.toml")]
    result = CliRunner().invoke(root, file, input=said, env={"IDP_CONFIG": None})

    assert result.exit_code == 0, result.output
    assert sum(line.count(": ") for line in result.output.splitlines()[:5]) >= 5
    settings = load(tmp_path / "idp.toml", {})
    assert settings.sms.gateway_url == "" and settings.mail.smtp_url == "smtp://mail.gorod.test"


def test_it_never_writes_over_a_file(tmp_path: Path) -> None:
    (tmp_path / "idp.toml").write_text("# mine\n")

    result = run(tmp_path)

    assert isinstance(result.exception, Refused) and result.exception.code == "init.exists"
    assert (tmp_path / "idp.toml").read_text() == "# mine\n" and not (tmp_path / "srv").exists()


def test_on_postgresql_the_link_opens_there(postgresql: str, tmp_path: Path) -> None:
    administer(postgresql, "CREATE DATABASE begun")
    url = f"{postgresql}/begun"

    result = run(tmp_path, "--database-url", url, "--short-lived-url", "redis://127.0.0.1:6379/0")

    assert result.exit_code == 0, result.output
    settings = load(tmp_path / "idp.toml", {})
    assert settings.database.url == url and settings.short_lived.url == "redis://127.0.0.1:6379/0"
    assert not (tmp_path / "srv/var").exists()
    flows = build(settings)
    try:
        flows.people.first_admin.require(result.output.splitlines()[-1].partition("token=")[2])
    finally:
        flows.close()


def test_a_database_that_does_not_answer_leaves_no_file(tmp_path: Path) -> None:
    result = run(tmp_path, "--database-url", "postgresql+psycopg://idp:told@127.0.0.1:1/idp")

    assert isinstance(result.exception, Unavailable) and "told" not in result.output
    assert not (tmp_path / "idp.toml").exists()


def test_wrong_answers_leave_nothing_behind(tmp_path: Path) -> None:
    result = run(tmp_path, answers={**ANSWERS, "--issuer": "http://id.gorod.test", "--smtp-url": "mail.gorod.test"})

    assert isinstance(result.exception, Faulty)
    assert {fault.field for fault in result.exception.faults} == {"server.issuer", "mail.smtp_url"}
    assert list(tmp_path.iterdir()) == []
