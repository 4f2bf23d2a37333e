"""``idp apply`` and ``idp export`` as an operator types them: the difference first, all or nothing, secrets by name."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from idp.cli.apply import apply
from idp.cli.clients import clients
from idp.cli.export import export
from idp.kernel.ids import digest, new_secret
from idp.kernel.refusal import Refused
from idp.kernel.settings import Settings
from idp.store.database import Database

SECRET = new_secret()
FILE = """
[[clients]]
client_id = "parking"
client_name = "Parking"
"client_name#ru" = "Парковка"
redirect_uris = ["https://parking.test/callback"]
scope = "openid email"
client_secret = "env:PARKING"
[clients.scope_purposes.email]
ru = "Чек"

[[clients]]
client_id = "meter"
client_name = "Meter"
grant_types = ["client_credentials"]
scope = "parking:read"
client_secret = "file:secrets/meter"
disabled = true
"""


@pytest.fixture
def idp(settings: Settings, key_folder: Path, tmp_path: Path) -> Callable[..., Result]:
    """Run a command as ``idp.cli.main`` does; ``PARKING`` is set, the meter's secret stands in a file."""
    shutil.copytree(key_folder, tmp_path / "keys")
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/meter").write_text(SECRET[::-1] + "\n")
    (tmp_path / "clients.toml").write_text(FILE)

    def run(command: str, *arguments: str, given: str | None = None, **environment: str | None) -> Result:
        known = {"apply": apply, "export": export, "clients": clients}
        result = CliRunner().invoke(
            known[command], list(arguments), obj=settings, input=given, env={"PARKING": SECRET, **environment}
        )
        if isinstance(result.exception, Refused):
            raise result.exception
        return result

    return run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "clients.toml"


def rows(settings: Settings, table: str = "clients", columns: str = "*") -> list[tuple[object, ...]]:
    database = Database(settings.database.url)
    with database.connection() as connection:
        found = connection.exec_driver_sql(f"SELECT {columns} FROM {table}").fetchall()
    database.close()
    return [tuple(row) for row in found]


def test_the_difference_is_shown_and_a_plan_changes_nothing(idp, path, settings):
    told = idp("apply", str(path), "--plan").stdout

    assert "+ parking  Parking" in told and "+ meter  Meter" in told
    assert '    client_name#ru: "Парковка"' in told.splitlines()
    assert "secret: taken from env:PARKING" in told and "secret: taken from file:secrets/meter" in told
    assert "To add: 2, to change: 0, to remove: 0" in told
    assert rows(settings) == []


def test_what_is_applied_stands_and_applied_again_is_nothing(idp, path, settings):
    assert idp("apply", str(path)).exit_code == 0
    kept = rows(settings)

    assert digest(SECRET) in str(kept) and digest(SECRET[::-1]) in str(kept)
    for arguments in ((), ("--plan",), ("--prune",)):
        assert "Nothing to do" in idp("apply", str(path), *arguments).stdout
    assert rows(settings) == kept
    assert rows(settings, "journal", "kind, actor, client_id") == [
        ("client.added", "command-line", "parking"),
        ("client.added", "command-line", "meter"),
    ]


def test_a_change_tells_before_and_after_and_every_act_is_journalled(idp, path, settings):
    idp("apply", str(path))
    text = FILE.replace('"Parking"', '"Garage"').replace("openid email", "openid").partition("[clients.scope")[0]
    path.write_text(text.replace("disabled = true\n", ""))
    told = idp("apply", str(path), PARKING=SECRET + "x").stdout

    assert '    client_name: "Parking" -> "Garage"' in told.splitlines()
    assert '    scope_purposes: {"email": {"ru": "Чек"}} -> -' in told.splitlines()
    assert "secret: taken from env:PARKING" in told
    assert digest(SECRET + "x") in str(rows(settings))
    journal = rows(settings, "journal", "kind, client_id")[2:]
    assert journal == [("client.changed", "parking"), ("client.secret_rotated", "parking")]
    assert "meter" not in told, "left out of the file, and it stays"


def test_no_secret_is_ever_printed_kept_or_exported(idp, path, settings):
    printed = [idp("apply", str(path), *more).output for more in (("--plan",), (), ("--plan",))]
    printed.append(idp("export").output)

    for secret in (SECRET, SECRET[::-1], digest(SECRET), digest(SECRET[::-1])):
        assert secret not in "".join(printed)
    database = Path(settings.database.url.removeprefix("sqlite:///")).parent.glob("idp.db*")
    assert not any(SECRET.encode() in file.read_bytes() for file in database)


def test_what_is_exported_is_what_is_applied(idp, path, settings, tmp_path):
    idp("apply", str(path))
    exported = idp("export").stdout

    assert "Nothing to do" in idp("apply", "-", "--prune", given=exported).stdout
    # On an empty database only the secrets are missing, by name and line.
    Path(settings.database.url.removeprefix("sqlite:///")).unlink()
    (tmp_path / "copy.toml").write_text(exported)
    refused = idp("apply", str(tmp_path / "copy.toml"))
    lines = [
        exported.splitlines().index("[[clients]]", at) + 1 for at in (0, exported.splitlines().index("[[clients]]") + 1)
    ]
    assert refused.exit_code == 1
    assert [f"copy.toml:{line}:" in refused.stderr for line in lines] == [True, True]
    assert refused.stderr.count("client_secret: is required, as env:NAME or file:PATH") == 2


def test_pruning_removes_what_the_file_leaves_out_and_asks(idp, path, settings):
    idp("apply", str(path))
    path.write_text(FILE.partition('\n[[clients]]\nclient_id = "meter"')[0])

    assert "Nothing to do" in idp("apply", str(path)).stdout
    asked = idp("apply", str(path), "--prune", given="n\n")
    assert asked.exit_code == 1 and "- meter  Meter" in asked.stdout
    assert len(rows(settings)) == 2
    assert idp("apply", str(path), "--prune", "--yes").exit_code == 0
    assert [row[0] for row in rows(settings, columns="client_id")] == ["parking"]


def test_every_fault_is_told_at_once_with_its_line_and_nothing_is_done(idp, path, settings):
    path.write_text("""colour = "red"
[[clients]]
client_id = "parking"
client_name = "Parking"
redirect_uri = ["https://parking.test/"]
redirect_uris = [
    "https://*.test/",
]
client_secret = "hunter2-hunter2-hunter2-hunter2-hunter2"

[[clients]]
client_id = "meter"
client_name = "Meter"
grant_types = ["client_credentials"]
client_secret = "env:NOT_SET"
logo_uri = 1979-05-27

[[clients]]
client_id = "sound"
client_name = "Sound"
redirect_uris = ["https://sound.test/"]
client_secret = "file:secrets/none"
""")
    refused = idp("apply", str(path))

    assert refused.exit_code == 1
    assert [line.removeprefix(f"{path}:").partition(": ")[:1][0] for line in refused.stderr.splitlines()] == [
        "1",
        "5",
        "6",
        "9",
        "15",
        "16",
        "22",
    ]
    told = refused.stderr
    assert f"{path}:5: parking.redirect_uri: " in told
    assert "hunter2" not in refused.output
    assert "env:NOT_SET" in told and "file:secrets/none" in told
    assert rows(settings) == []


@pytest.mark.parametrize(
    ("secret", "told"),
    [("short", "client_secret"), ("ключ" * 20, "client_secret"), ("a b " * 20, "client_secret"), (None, "not set")],
)
def test_a_secret_that_is_none_is_refused_unsaid(idp, path, settings, secret, told):
    refused = idp("apply", str(path), PARKING=secret)

    assert refused.exit_code == 1 and told in refused.stderr
    assert secret is None or secret not in refused.output
    assert rows(settings) == []


@pytest.mark.parametrize("content", [b"[[clients]]\nclient_id = ", b"\xff\xfe", b"[[clients]\n"])
def test_what_is_no_toml_is_said_in_words(idp, path, content):
    path.write_bytes(content)
    refused = idp("apply", str(path))

    assert refused.exit_code == 1
    assert re.match(rf"{re.escape(str(path))}(:\d)?: toml: can not be read", refused.stderr)


# --- what others do meanwhile


def plan_tag(result: Result) -> str:
    return result.stdout.partition("Tag of this plan: ")[2].split()[0]


def test_only_the_plan_that_was_read_is_carried_out(idp, path, settings):
    tag = plan_tag(idp("apply", str(path), "--plan"))
    assert idp("apply", str(path), "--planned", tag).exit_code == 0
    path.write_text(FILE.replace('"Parking"', '"Garage"'))
    tag = plan_tag(idp("apply", str(path), "--plan"))
    idp("clients", "change", "parking", "--logo-uri", "https://parking.test/logo.png")
    before = rows(settings)

    with pytest.raises(Refused) as refused:
        idp("apply", str(path), "--planned", tag)
    assert refused.value.code == "apply.stale"
    assert rows(settings) == before
    assert idp("apply", str(path), "--planned", refused.value.params["now"]).exit_code == 0


@pytest.mark.parametrize("what", ["file", "secret", "anew"])
def test_a_plan_is_another_one_when_the_file_a_secret_or_the_client_is(idp, path, what):
    idp("apply", str(path))
    path.write_text(FILE.replace('"Parking"', '"Garage"'))
    tag, given = plan_tag(idp("apply", str(path), "--plan")), SECRET
    if what == "file":
        path.write_text(FILE.replace('"Parking"', '"Car park"'))
    elif what == "secret":
        given = SECRET + "x"
    else:
        idp("clients", "remove", "parking", "--yes")
        idp("clients", "add", "--client-id", "parking", "--client-name", "P", "--redirect-uri", "https://p.test/")

    with pytest.raises(Refused, match=r"apply\.stale"):
        idp("apply", str(path), "--planned", tag, PARKING=given)
