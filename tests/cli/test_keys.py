"""``idp keys`` as an administrator types it."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from idp.cli.keys import keys
from idp.kernel.refusal import Refused
from idp.kernel.settings import Settings


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
