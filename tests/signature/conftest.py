"""The hierarchy that the tests of signatures judge: made once per run by openssl with its gost engine."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.signature.keys import ENGINE, Keys
from tests.signature.world import World


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    """Keys of every family. Without the gost engine there is nothing to test with, which a server must not hide."""
    folder = tmp_path_factory.mktemp("keys")
    config = folder / "openssl.cnf"
    config.write_text(ENGINE)
    missing = shutil.which("openssl") is None
    if not missing:
        found = subprocess.run(
            ["openssl", "engine", "gost"], env={**os.environ, "OPENSSL_CONF": str(config)}, capture_output=True
        )
        missing = found.returncode != 0 or b"gost" not in found.stdout
    if missing:
        if os.environ.get("CI"):
            pytest.fail("openssl or its gost engine (libengine-gost-openssl) is missing")
        pytest.skip("openssl or its gost engine is missing")
    return Keys(folder, config)


@pytest.fixture(scope="session")
def world(keys: Keys) -> World:
    return World(keys)


@pytest.fixture(scope="session")
def vectors() -> Path:
    return Path(__file__).parent / "vectors"
