"""``idp keys`` as an administrator types it."""

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from idp.accounts.account import Account, Name
from idp.cli.keys import keys
from idp.kernel.refusal import Refused
from idp.kernel.settings import Settings
from idp.keys.data_keys import FILE
from idp.wiring import build_admin


@pytest.fixture
def idp(settings: Settings, key_folder: Path, tmp_path: Path):
    shutil.copytree(key_folder, tmp_path / "keys")

    def run(*arguments: str) -> str:
        result = CliRunner().invoke(keys, list(arguments), obj=settings)
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


def test_list_tells_phase_and_times_and_nothing_private(idp):
    told = json.loads(idp("list", "--json"))

    assert {key["alg"]: key["phase"] for key in told} == {"ES256": "current", "RS256": "current", "EdDSA": "current"}
    assert all(key.keys() == {"kid", "alg", "phase", "announced_at", "starts_at", "ends_at", "gone_at"} for key in told)
    assert "current" in idp("list")


def test_rotate_announces_the_next_key_of_one_or_of_all(idp):
    told = json.loads(idp("rotate", "--alg", "ES256", "--json"))
    assert [(key["alg"], key["phase"]) for key in told if key["phase"] == "next"] == [("ES256", "next")]
    with pytest.raises(Refused, match="already_announced"):
        idp("rotate", "--alg", "ES256")

    told = json.loads(idp("rotate", "--at-once", "--json"))
    assert sorted(key["phase"] for key in told) == ["current"] * 3 + ["next"] * 3


def test_the_key_of_personal_data_is_rotated_and_what_it_sealed_is_sealed_anew(
    idp, settings: Settings, tmp_path: Path
) -> None:
    flows = build_admin(settings)
    at = flows.now()
    flows.accounts.open(Account("anna", "anna@example.ru", False, Name("Иванова", "Анна"), "-", at, at), "1")
    flows.verifications.personal_data.hold("anna", "snils", "11223344595", at)

    [first] = json.loads(idp("data", "--json"))
    told = json.loads(idp("rotate", "--data", "--json"))
    assert [(key["key"] == first["key"], key["entries"]) for key in told] == [(True, 1), (False, 0)]
    with pytest.raises(Refused, match=r"keys\.data_too_new"):
        idp("data", "--finish")
    file = tmp_path / "keys" / FILE
    file.write_text(re.sub(r"(made_at.: .)\d{4}", r"\g<1>2025", file.read_text()))
    [last] = json.loads(idp("data", "--finish", "--json"))
    assert (last["key"], last["entries"]) == (told[1]["key"], 1)
    kept = flows.verifications.personal_data.of("anna", "snils")
    assert kept is not None and kept.value == "11223344595"
    flows.close()
