"""``idp tokens`` as an operator types it."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from idp.cli.tokens import tokens
from idp.kernel.ids import digest
from idp.kernel.refusal import Refused
from idp.kernel.settings import Settings
from idp.kernel.words import LOCALES, catalogues
from idp.store.database import Database


@pytest.fixture
def idp(settings: Settings, key_folder: Path, tmp_path: Path):
    shutil.copytree(key_folder, tmp_path / "keys")

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(tokens, list(arguments), obj=settings)
        if isinstance(result.exception, Refused):
            raise result.exception
        return result

    return run


def test_a_token_is_shown_once_and_kept_as_a_digest(idp, settings):
    made = json.loads(idp("add", "Deploy", "--json").stdout)
    database = Database(settings.database.url)
    with database.connection() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM admin_tokens").fetchall())
        journal = str(connection.exec_driver_sql("SELECT kind, actor, details FROM journal").fetchall())
    database.close()

    assert made["token"].startswith("idp_admin_")
    assert len(made["token"]) >= len("idp_admin_") + 43
    assert made["token"] not in kept and digest(made["token"]) in kept
    assert made["id"] in journal and "admin_token.added" in journal and "command-line" in journal
    assert made["token"] not in idp("list").stdout + idp("list", "--json").stdout


def test_add_prints_the_token_alone_on_standard_output(idp):
    result = idp("add", "Deploy")

    assert result.stdout.startswith("idp_admin_") and result.stdout.count("\n") == 1
    assert "once" in result.stderr


def test_tokens_end_by_time_or_by_hand(idp):
    lasting = json.loads(idp("add", "Lasting", "--no-expiry", "--json").stdout)
    brief = json.loads(idp("add", "Brief", "--days", "1", "--json").stdout)

    assert lasting["expires_at"] is None and brief["expires_at"] is not None
    idp("revoke", lasting["id"])
    assert [token["name"] for token in json.loads(idp("list", "--json").stdout)] == ["Brief"]
    assert "revoked" in idp("list", "--all").stdout
    idp("revoke", lasting["id"])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("add", " "), "admin_token.name"),
        (("add", "x" * 201), "admin_token.name"),
        (("add", "a\nb"), "admin_token.name"),
        (("add", "Deploy", "--days", "0"), "admin_token.days"),
        (("add", "Deploy", "--account", "nobody@example.ru"), "admin_token.no_account"),
        (("revoke", "unknown"), "admin_token.unknown"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(idp, arguments, code):
    with pytest.raises(Refused) as refused:
        idp(*arguments)

    assert refused.value.code == code
    assert all(catalogues()[locale].plain(code, **refused.value.params) for locale in LOCALES)
