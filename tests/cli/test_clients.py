"""``idp clients`` as an administrator types it: from a file, from options, with every fault at once."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from idp.cli.clients import clients
from idp.kernel.ids import digest
from idp.kernel.refusal import Faulty, Refused
from idp.kernel.settings import Settings
from idp.kernel.words import LOCALES, catalogues
from idp.store.database import Database


@pytest.fixture
def idp(settings: Settings, key_folder: Path, tmp_path: Path):
    """Run a command; what it refuses is raised here and printed by ``idp.cli.main``."""
    shutil.copytree(key_folder, tmp_path / "keys")

    def run(*arguments: str, given: str | None = None) -> Result:
        result = CliRunner().invoke(clients, list(arguments), obj=settings, input=given)
        if isinstance(result.exception, Refused):
            raise result.exception
        return result

    return run


def add(idp: Any, *arguments: str, given: str | None = None) -> dict[str, Any]:
    result = idp("add", "--json", *arguments, given=given)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


SMALL = ("--client-id", "parking", "--client-name", "Parking", "--redirect-uri", "https://parking.test/callback")


def test_a_client_from_options_before_the_first_start(idp):
    told = add(
        idp,
        *SMALL,
        "--redirect-uri",
        "https://parking.test/other",
        "--client-name-ru",
        "Парковка",
        "--grant-type",
        "authorization_code",
        "--grant-type",
        "refresh_token",
        "--scope",
        "openid email",
        "--scope",
        "offline_access",
        "--first-party",
        "--no-pkce-required",
        "--default-max-age",
        "600",
        "--scope-purpose",
        "email:ru=Пришлём чек",
    )

    assert told["client_id"] == "parking"
    assert len(told["client_secret"]) >= 43
    assert told["client_secret_expires_at"] == 0
    assert told["redirect_uris"] == ["https://parking.test/callback", "https://parking.test/other"]
    assert told["client_name#ru"] == "Парковка"
    assert told["scope"] == "email offline_access openid"
    assert told["grant_types"] == ["authorization_code", "refresh_token"]
    assert (told["first_party"], told["pkce_required"], told["default_max_age"]) == (True, False, 600)
    assert told["scope_purposes"] == {"email": {"ru": "Пришлём чек"}}


def test_a_client_from_a_file_from_standard_input_and_options_over_it(idp, tmp_path):
    document = {"client_name": "Parking", "redirect_uris": ["https://parking.test/callback"]}
    (tmp_path / "client.json").write_text(json.dumps(document))

    assert add(idp, "--file", str(tmp_path / "client.json"))["client_name"] == "Parking"
    told = add(idp, "--file", "-", "--client-name", "Other", given=json.dumps({**document, "client_id": "chosen"}))
    assert (told["client_id"], told["client_name"]) == ("chosen", "Other")


def test_random_names_are_plain_and_new(idp):
    names = {add(idp, *SMALL[2:])["client_id"] for _ in range(3)}

    assert len(names) == 3
    assert all(re.fullmatch(r"[A-Za-z0-9]{22}", name) for name in names)


def test_every_fault_is_told_at_once(idp):
    with pytest.raises(Faulty) as raised:
        idp("add", "--redirect-uri", "https://*.test/", "--logo-uri", "javascript:x", "--minimum-acr", "gold")

    assert {fault.field for fault in raised.value.faults} == {"client_name", "redirect_uris", "logo_uri", "minimum_acr"}


@pytest.mark.parametrize("given", ["", "{", "[]", '"x"', "17"])
def test_a_file_that_is_no_document_is_a_usage_error(idp, given):
    result = idp("add", "--file", "-", given=given)

    assert result.exit_code == 2
    assert "--file" in result.output


def test_the_secret_is_kept_as_a_digest_and_shown_once(idp, settings):
    secret = add(idp, *SMALL)["client_secret"]
    database = Database(settings.database.url)
    with database.connection() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM clients").fetchall()
    database.close()

    assert secret not in str(kept)
    assert digest(secret) in str(kept)
    assert secret not in idp("show", "parking", "--json").stdout
    assert secret not in idp("list", "--json").stdout and 'client_secret":' not in idp("list", "--json").stdout


def test_change_puts_members_in_place_and_leaves_the_rest(idp):
    first = add(idp, *SMALL, "--logo-uri", "https://parking.test/logo.png")
    told = json.loads(idp("change", "parking", "--json", "--client-name", "Car park", "--unset", "logo_uri").stdout)

    assert told["client_name"] == "Car park"
    assert told["redirect_uris"] == first["redirect_uris"]
    assert "logo_uri" not in told
    assert "client_secret" not in told


def test_a_change_of_nothing_or_of_what_is_not_there_is_wrong_usage(idp):
    add(idp, *SMALL)

    for arguments in ((), ("--unset", "nonsense"), ("--unset", "client_id")):
        assert idp("change", "parking", *arguments).exit_code == 2
    assert "nonsense" in idp("change", "parking", "--unset", "nonsense").output


def test_people_read_a_list_with_its_head_and_are_told_when_there_is_none(idp):
    assert "No client" in idp("list").stderr
    add(idp, *SMALL)

    head, line = idp("list").stdout.splitlines()
    assert head.split()[:2] == ["CLIENT_ID", "NAME"]
    assert line.split() == ["parking", "Parking", "client_secret_basic", "authorization_code"]


def test_how_a_client_proves_itself_is_always_told(idp):
    assert add(idp, *SMALL)["token_endpoint_auth_method"] == "client_secret_basic"
    assert "token_endpoint_auth_method: client_secret_basic" in idp("show", "parking").stdout


def test_what_was_removed_is_said(idp):
    add(idp, *SMALL)

    assert "parking" in idp("remove", "parking", "--yes").stderr


def test_a_service_without_scopes_can_be_changed(idp):
    add(idp, "--client-id", "service", "--client-name", "Service", "--grant-type", "client_credentials")
    told = json.loads(idp("change", "service", "--json", "--client-name", "Other").stdout)

    assert (told["client_name"], told["scope"], told["response_types"]) == ("Other", "", [])


def test_change_to_another_way_of_authentication_makes_or_drops_the_secret(idp):
    add(idp, *SMALL, "--token-endpoint-auth-method", "none")
    told = json.loads(idp("change", "parking", "--json", "--token-endpoint-auth-method", "client_secret_post").stdout)
    assert told["client_secret"]

    idp("change", "parking", "--token-endpoint-auth-method", "none")
    with pytest.raises(Refused, match="has_no_secret"):
        idp("rotate-secret", "parking")


def test_a_change_that_is_faulty_changes_nothing(idp):
    add(idp, *SMALL)
    with pytest.raises(Faulty):
        idp("change", "parking", "--client-name", "New", "--redirect-uri", "http://parking.test/")

    assert json.loads(idp("show", "parking", "--json").stdout)["client_name"] == "Parking"


def test_rotate_secret_gives_another_one(idp):
    first = add(idp, *SMALL)["client_secret"]

    assert json.loads(idp("rotate-secret", "parking", "--json").stdout)["client_secret"] != first


def test_disable_enable_remove(idp):
    add(idp, *SMALL)

    assert "disabled_at" in json.loads(idp("disable", "parking", "--json").stdout)
    assert "disabled" in idp("list").stdout
    assert "disabled_at" not in json.loads(idp("enable", "parking", "--json").stdout)
    assert idp("remove", "parking", given="n\n").exit_code == 1
    assert idp("remove", "parking", "--yes").exit_code == 0
    assert json.loads(idp("list", "--json").stdout) == []
    with pytest.raises(Refused, match=r"client\.unknown"):
        idp("show", "parking")


def test_names_and_resources_belong_to_one_client(idp):
    add(idp, *SMALL, "--resource-uri", "https://api.test/")
    with pytest.raises(Faulty, match="id_taken"):
        idp("add", *SMALL)
    with pytest.raises(Faulty, match="resource_taken"):
        idp("add", *SMALL[2:], "--resource-uri", "https://api.test/")
    add(idp, *SMALL[2:], "--client-id", "other")
    with pytest.raises(Faulty, match="resource_taken"):
        idp("change", "other", "--resource-uri", "https://api.test/")


def test_the_command_prints_each_fault_in_words(tmp_path):
    environment = {
        "IDP__SERVER__ISSUER": "http://localhost:8000",
        "IDP__DATABASE__URL": f"sqlite:///{tmp_path}/idp.db",
        "IDP__SHORT_LIVED__URL": f"file:{tmp_path}/state.db",
        "IDP__KEYS__FOLDER": str(tmp_path / "keys"),
        "PATH": "",
    }
    done = subprocess.run(
        [sys.executable, "-m", "idp.cli", "clients", "add", "--redirect-uri", "https://a.test/#x"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "client_name: is required" in done.stderr
    assert "redirect_uris: must not have a fragment: https://a.test/#x" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_code_has_words_in_both_languages():
    root = Path(__file__).parents[2] / "idp"
    folders = ("clients", "keys", "flows/admin")
    code = "".join(path.read_text() for folder in folders for path in (root / folder).glob("*.py"))
    codes = set(re.findall(r'"((?:client|keys|token)\.[a-z_]+)"', code)) - {
        "client.added",
        "client.changed",
        "client.secret_rotated",
        "client.disabled",
        "client.enabled",
        "client.removed",
    }

    assert len(codes) > 40
    for locale in LOCALES:
        assert [code for code in sorted(codes) if not catalogues()[locale].has(code)] == []
