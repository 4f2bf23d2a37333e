"""Openssl as a witness: wherever it looks, it agrees with us about what is accepted and what is refused."""

from pathlib import Path

import pytest

from tests.signature.keys import Keys
from tests.signature.test_cms import FAULTS, VARIANTS
from tests.signature.test_path import FAULTS as PATH_FAULTS
from tests.signature.test_path import Built, build
from tests.signature.world import AT, CHALLENGE, World

#: Faults of a message that openssl sees too; of the others it knows nothing, which is why we have rules of our own.
SEEN = (
    "no signer",
    "not signed data",
    "another challenge",
    "a digest cut short",
    "a signing certificate with another hash",
    "the holder's certificate missing",
    "a signature over something else",
    "halves of the signature exchanged",
    "attributes signed under the wrong tag",
    "a signature of zeros",
    "an empty signature",
)
#: Faults of a path that openssl sees too.
SEEN_IN_PATH = (
    "holder expired",
    "holder not yet valid",
    "holder has an unknown critical extension",
    "holder signed by another key",
    "centre expired",
    "centre not yet valid",
    "root expired",
    "centre that says it is none",
    "centre without keyCertSign",
    "a path longer than the root allows",
)
MOMENT = str(int(AT.timestamp()))


def pem(keys: Keys, folder: Path, name: str, *certificates: bytes) -> str:
    """Write certificates to one file as openssl wants them."""
    parts = []
    for number, octets in enumerate(certificates):
        (folder / f"{name}-{number}.cer").write_bytes(octets)
        parts.append(keys.run("x509", "-inform", "DER", "-in", str(folder / f"{name}-{number}.cer")))
    (folder / f"{name}.pem").write_bytes(b"".join(parts))
    return str(folder / f"{name}.pem")


def accepts(world: World, folder: Path, message: bytes) -> bool:
    (folder / "message").write_bytes(message)
    (folder / "content").write_bytes(CHALLENGE)
    return world.keys.verifies(
        *("cms", "-verify", "-binary", "-cades", "-purpose", "any", "-attime", MOMENT, "-inform", "DER"),
        *("-CAfile", pem(world.keys, folder, "root", world.root.der, world.centre.der)),
        *("-in", str(folder / "message"), "-content", str(folder / "content"), "-out", "/dev/null"),
    )


@pytest.mark.parametrize("case", VARIANTS)
def test_openssl_accepts_what_we_accept(world: World, case: str, tmp_path: Path) -> None:
    assert accepts(world, tmp_path, world.message(wanted=VARIANTS[case](world)))


@pytest.mark.parametrize("case", SEEN)
def test_openssl_refuses_the_faults_that_it_sees(world: World, case: str, tmp_path: Path) -> None:
    make, _ = FAULTS[case]
    assert not accepts(world, tmp_path, world.message(wanted=make(world)))


def path_accepts(world: World, folder: Path, built: Built) -> bool:
    return world.keys.verifies(
        *("verify", "-purpose", "any", "-attime", MOMENT, "-CAfile", pem(world.keys, folder, "root", built.root.der)),
        *("-untrusted", pem(world.keys, folder, "centre", built.centre.der)),
        pem(world.keys, folder, "leaf", built.leaf.der),
    )


@pytest.mark.parametrize("kinds", [("512A", "TCA", "TCA"), ("rsa", "p256", "TCA"), ("p384", "512C", "rsa")])
def test_openssl_accepts_the_paths_that_we_accept(world: World, kinds: tuple[str, str, str], tmp_path: Path) -> None:
    assert path_accepts(world, tmp_path, build(world, kinds=kinds))


@pytest.mark.parametrize("case", SEEN_IN_PATH)
def test_openssl_refuses_the_faults_of_a_path_that_it_sees(world: World, case: str, tmp_path: Path) -> None:
    changes, _ = PATH_FAULTS[case]
    assert not path_accepts(world, tmp_path, build(world, **changes))
