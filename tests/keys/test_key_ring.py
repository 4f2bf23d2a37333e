"""The key ring: made once, closed to others, rotated under running processes without a token refused."""

import shutil
import stat
from base64 import urlsafe_b64encode
from pathlib import Path

import orjson
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from idp.kernel.refusal import Refused
from idp.kernel.settings import Keys
from idp.keys.key_ring import BadToken, KeyRing
from idp.keys.rotation import Phase
from tests.conftest import StillClock

SETTINGS = Keys(announce_seconds=3600, retire_seconds=86_400)


@pytest.fixture
def folder(key_folder: Path, tmp_path: Path) -> Path:
    shutil.copytree(key_folder, tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
def ring(folder: Path, clock: StillClock) -> KeyRing:
    return KeyRing.open(folder, SETTINGS, clock)


def phases(ring: KeyRing, alg: str = "ES256") -> list[str]:
    return [life.phase.value for life in ring.lives() if life.key.alg == alg]


def test_prepare_makes_a_key_for_every_algorithm_and_the_secrets_once(tmp_path, clock):
    folder = tmp_path / "new" / "keys"
    ring = KeyRing.open(folder, SETTINGS, clock)
    ring.prepare()
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    ring.prepare()

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert {life.key.alg for life in ring.lives()} == {"ES256", "RS256", "EdDSA"}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_folder_open_to_others_is_closed_and_an_open_file_refused(folder, clock):
    folder.chmod(0o755)
    KeyRing.open(folder, SETTINGS, clock).prepare()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    (folder / "signing.json").chmod(0o640)
    with pytest.raises(Refused, match=r"keys\.too_open"):
        KeyRing.open(folder, SETTINGS, clock)


def test_an_unreadable_ring_is_refused_by_name(folder, clock):
    (folder / "signing.json").write_text("{")
    with pytest.raises(Refused, match=r"keys\.unreadable"):
        KeyRing.open(folder, SETTINGS, clock)


@pytest.mark.parametrize("alg", ["ES256", "RS256", "EdDSA"])
def test_what_is_signed_is_verified_by_us_and_by_anybody_with_the_published_keys(ring, alg):
    token = ring.signer(alg).sign({"typ": "JWT"}, {"sub": "anna", "имя": "Анна"})

    assert ring.verify(token) == {"sub": "anna", "имя": "Анна"}
    if alg != "EdDSA":
        read = jwt.decode(token, KeySet.import_key_set(ring.jwks()), algorithms=[alg])
        assert read.claims["sub"] == "anna"
        assert read.header == {"alg": alg, "kid": ring.signer(alg).kid, "typ": "JWT"}


def test_a_token_of_one_type_is_none_of_another(ring):
    token = ring.signer("ES256").sign({"typ": "at+jwt"}, {"sub": "anna"})

    assert ring.verify(token, "at+jwt") == {"sub": "anna"}
    with pytest.raises(BadToken):
        ring.verify(token)


def test_a_token_changed_anywhere_is_refused(ring):
    token = ring.signer("ES256").sign({"typ": "JWT"}, {"sub": "anna"})
    for place in range(len(token)):
        for sign in "A-.=":
            if token[place] != sign:
                with pytest.raises(BadToken):
                    ring.verify(token[:place] + sign + token[place + 1 :])


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "typ": "JWT"},
        {"alg": "none", "typ": "JWT", "kid": "KID"},
        {"alg": "HS256", "typ": "JWT", "kid": "KID"},
        {"alg": "RS256", "typ": "JWT", "kid": "KID"},
        {"alg": "ES256", "typ": "JWT"},
        {"alg": "ES256", "typ": "JWT", "kid": "other"},
        {"alg": "ES256", "typ": "JWT", "kid": ["KID"]},
        {"alg": "ES256", "typ": "JWT", "kid": "KID", "crit": ["x"]},
        ["alg"],
        None,
    ],
)
def test_a_header_that_is_not_ours_is_refused(ring, header):
    if isinstance(header, dict) and header.get("kid") == "KID":
        header = {**header, "kid": ring.signer("ES256").kid}
    payload = ring.signer("ES256").sign({"typ": "JWT"}, {}).split(".")[1:]
    encoded = urlsafe_b64encode(orjson.dumps(header)).rstrip(b"=").decode()
    for token in (".".join([encoded, *payload]), f"{encoded}.{payload[0]}."):
        with pytest.raises(BadToken):
            ring.verify(token)


def test_a_rotation_is_announced_then_signs_then_the_old_key_leaves(ring, clock):
    first = ring.signer("ES256").kid
    made = ring.rotate("ES256")
    assert phases(ring) == ["next", "current"]
    assert ring.signer("ES256").kid == first
    assert {made.kid, first} <= {key["kid"] for key in ring.jwks()["keys"]}

    token = ring.signer("ES256").sign({"typ": "JWT"}, {"a": 1})
    clock.move(seconds=3600)
    assert phases(ring) == ["current", "retired"]
    assert ring.signer("ES256").kid == made.kid
    assert ring.verify(token) == {"a": 1}
    assert first in {key["kid"] for key in ring.jwks()["keys"]}

    clock.move(seconds=86_400)
    assert phases(ring) == ["current", "gone"]
    assert first not in {key["kid"] for key in ring.jwks()["keys"]}


def test_a_second_announcement_is_refused_and_a_rotation_at_once_takes_its_place(ring, clock):
    waiting = ring.rotate("ES256")
    with pytest.raises(Refused, match=r"keys\.already_announced"):
        ring.rotate("ES256")

    made = ring.rotate("ES256", at_once=True)
    clock.move(seconds=2)

    assert ring.signer("ES256").kid == made.kid
    assert phases(ring) == ["current", "retired"]
    assert waiting.kid not in {life.key.kid for life in ring.lives()}


def test_no_key_signs_before_every_process_can_have_published_it(ring, clock):
    first = ring.signer("ES256").kid
    made = ring.rotate("ES256", at_once=True)

    assert made.kid in {key["kid"] for key in ring.jwks()["keys"]}
    assert ring.signer("ES256").kid == first
    clock.move(seconds=2)
    assert ring.signer("ES256").kid == made.kid


def test_keys_that_are_gone_leave_the_folder_with_the_next_rotation(ring, clock):
    ring.rotate("ES256")
    clock.move(days=3)
    ring.rotate("ES256")

    assert phases(ring) == ["next", "current"]


def test_another_process_verifies_a_new_keys_token_at_once_and_signs_with_it_soon(folder, clock):
    ours, theirs = KeyRing.open(folder, SETTINGS, clock), KeyRing.open(folder, SETTINGS, clock)
    old = theirs.signer("ES256").sign({"typ": "JWT"}, {"a": 1})
    made = ours.rotate("ES256", at_once=True)
    clock.move(seconds=2)
    token = ours.signer("ES256").sign({"typ": "JWT"}, {"b": 2})

    assert theirs.verify(token) == {"b": 2}
    assert theirs.verify(old) == {"a": 1}
    assert ours.verify(old) == {"a": 1}
    assert theirs.signer("ES256").kid == made.kid


def test_published_bytes_are_made_once_a_phase(ring, clock):
    first = ring.published()
    assert ring.published() is first
    ring.rotate("ES256")
    second = ring.published()
    assert second.version != first.version
    clock.move(seconds=3600 + 86_400)
    assert ring.published().version != second.version


def test_a_secret_is_the_same_in_every_process_and_named(folder, clock):
    one, two = KeyRing.open(folder, SETTINGS, clock), KeyRing.open(folder, SETTINGS, clock)

    assert one.secret("brand-new") == two.secret("brand-new")
    assert one.secret("refresh") != one.secret("pairwise")
    assert len(one.secret("csrf")) == 32


def test_private_keys_are_not_printed(ring):
    told = "".join(repr(life) for life in ring.lives()) + repr(ring.signer("ES256"))

    assert "'d'" not in told
    assert Phase.CURRENT in {life.phase for life in ring.lives()}
