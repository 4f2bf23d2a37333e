"""``idp backup`` and ``idp restore`` as an operator types them."""

import shutil
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from idp.cli.backup import backup
from idp.cli.restore import restore
from idp.kernel.refusal import Refused
from idp.kernel.settings import Settings

Run = Callable[..., str]


@pytest.fixture
def house(settings: Settings, key_folder: Path, migrated: Path, tmp_path: Path) -> Settings:
    shutil.copytree(key_folder, tmp_path / "keys")
    (tmp_path / "keys" / "data").mkdir()
    (tmp_path / "keys" / "data" / "more.secret").write_text("of a later issue")
    shutil.copy(migrated, tmp_path / "idp.db")
    key = X25519PrivateKey.generate()
    (tmp_path / "key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "pub").write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "words").write_text("sirene and seven lanterns\n")
    (tmp_path / "root.der").write_bytes(b"a root")
    signatures = replace(settings.signatures, anchors=(str(tmp_path / "root.der"),))
    (tmp_path / "gateway").mkdir()
    (tmp_path / "gateway" / "root.der").write_bytes(b"another root")
    registries = replace(settings.registries, gateway_ca=str(tmp_path / "gateway" / "root.der"))
    ledger = replace(settings.backup, ledger=str(tmp_path / "ledger.jsonl"))
    return replace(settings, signatures=signatures, registries=registries, backup=ledger)


@pytest.fixture
def idp(house: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Words that name a file of the folder become its path."""
    (tmp_path / "idp.toml").write_text('[server]\nissuer = "https://id.test"\n')
    monkeypatch.setenv("IDP_CONFIG", str(tmp_path / "idp.toml"))
    monkeypatch.setenv("IDP__SMS__API_KEY", "s3cret")

    def run(command: str, *arguments: str, settings: Settings = house) -> str:
        typed = [word if word.startswith("--") else str(tmp_path / word) for word in arguments]
        result = CliRunner().invoke({"backup": backup, "restore": restore}[command], typed, obj=settings)
        if result.exception is not None:
            raise result.exception
        return result.output

    return run


def elsewhere(house: Settings, folder: Path) -> Settings:
    """The same settings on a new machine."""
    database = replace(house.database, url=f"sqlite:///{folder}/idp.db")
    return replace(house, database=database, keys=replace(house.keys, folder=str(folder / "keys")))


@pytest.mark.parametrize(("lock", "key"), [("--recipient pub", "--key key"), ("--passphrase-file words",) * 2])
def test_a_backup_restores_keys_and_database_on_a_new_machine(
    idp: Run, house: Settings, tmp_path: Path, lock: str, key: str
) -> None:
    idp("backup", "sealed", *lock.split())
    assert stat.S_IMODE((tmp_path / "sealed").stat().st_mode) == 0o600
    for secret in (b"SQLite format", b"signing.json", b"s3cret", b"kid"):
        assert secret not in (tmp_path / "sealed").read_bytes()

    new = elsewhere(house, tmp_path / "new")
    told = idp("restore", "sealed", *key.split(), "--without-ledger", settings=new)

    assert "sign in once more" in told and "accounts" in told
    before, after = tmp_path / "keys", tmp_path / "new" / "keys"
    there = {path.relative_to(after) for path in after.rglob("*") if path.is_file()}
    assert there == {path.relative_to(before) for path in before.rglob("*") if path.is_file() and path.name != ".lock"}
    for name in there:
        assert (after / name).read_bytes() == (before / name).read_bytes()
        assert stat.S_IMODE((after / name).stat().st_mode) == 0o600


def test_what_is_in_it_is_told_and_the_configuration_comes_out_alone(idp: Run, tmp_path: Path) -> None:
    idp("backup", "sealed", "--recipient", "pub")

    told = idp("restore", "sealed", "--key", "key", "--configuration", "found")

    assert "https://id.test as of" in told and "keys           data/more.secret" in told and "journal " in told
    assert (tmp_path / "found" / "idp.toml").read_text() == (tmp_path / "idp.toml").read_text()
    assert "IDP__SMS__API_KEY=s3cret\n" in (tmp_path / "found" / "environment").read_text()
    # Two files of one name lie apart, and it is told which is which.
    for place, name, content in (("named/1", "root.der", b"a root"), ("named/2", "gateway/root.der", b"another root")):
        assert f"{place}        {tmp_path / name}\n" in told
        assert (tmp_path / "found" / place / "root.der").read_bytes() == content
    assert idp("restore", "sealed", "--key", "key", "--check") == told


def _refused(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(Refused) as refused:
        act()
    assert refused.value.code == code


def test_what_is_wrong_is_named_and_nothing_is_left_half_done(idp: Run, house: Settings, tmp_path: Path) -> None:
    _refused("backup.for_nobody", lambda: idp("backup", "sealed"))
    (tmp_path / "short").write_text("lantern\n")
    _refused("backup.weak_passphrase", lambda: idp("backup", "sealed", "--passphrase-file", "short"))
    _refused("backup.not_a_key", lambda: idp("backup", "sealed", "--recipient", "words"))
    idp("backup", "sealed", "--recipient", "pub")
    _refused("backup.exists", lambda: idp("backup", "sealed", "--recipient", "pub"))

    new = elsewhere(house, tmp_path / "new")
    _refused("backup.not_a_key", lambda: idp("restore", "sealed", "--key", "pub", settings=new))
    wrong = ("--passphrase-file", "words", "--without-ledger")
    _refused("backup.wrong_key", lambda: idp("restore", "sealed", *wrong, settings=new))
    _refused("backup.no_ledger", lambda: idp("restore", "sealed", "--key", "key", settings=new))
    content = (tmp_path / "sealed").read_bytes()
    for code, spoiled in (("backup.cut", content[:-9]), ("backup.altered", content[:-9] + b"\0" + content[-8:])):
        (tmp_path / "spoiled").write_bytes(spoiled)
        _refused(code, lambda: idp("restore", "spoiled", "--key", "key", "--without-ledger", settings=new))
    assert not (tmp_path / "new" / "keys").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".new")]
    _refused("database.not_empty", lambda: _twice(idp, new))


def _twice(idp: Run, new: Settings) -> None:
    for _ in range(2):
        idp("restore", "sealed", "--key", "key", "--without-ledger", settings=new)
