"""Personal data at rest: sealed for one place, found by keyed digest, sealed anew after a rotation by anybody."""

import json
import stat
from pathlib import Path

import pytest

from idp.kernel.refusal import Refused
from idp.keys.data_keys import FILE, DataKeys, Sealed
from idp.keys.folder import Folder
from tests.conftest import StillClock

PLACE = "personal_data.sealed:anna:snils"


@pytest.fixture
def keys(tmp_path: Path, clock: StillClock) -> DataKeys:
    made = DataKeys(Folder(tmp_path / "keys"), clock)
    made.prepare()
    return made


def test_what_is_sealed_opens_there_and_nowhere_else(keys: DataKeys) -> None:
    sealed = keys.seal(b"11223344595", PLACE)
    assert keys.open(sealed, PLACE) == b"11223344595"
    assert "11223344595" not in sealed.text and keys.seal(b"11223344595", PLACE) != sealed
    with pytest.raises(Refused, match=r"keys\.data_changed"):
        keys.open(sealed, "personal_data.sealed:boris:snils")


def test_a_changed_text_or_another_keys_name_does_not_open(keys: DataKeys) -> None:
    sealed = keys.seal(b"11223344595", PLACE)
    first = "A" if sealed.text[30] != "A" else "B"
    with pytest.raises(Refused, match=r"keys\.data_changed"):
        keys.open(Sealed(sealed.key_id, sealed.text[:30] + first + sealed.text[31:]), PLACE)
    for cut in ("", "AAAA", sealed.text[:-1]):
        with pytest.raises(Refused, match=r"keys\.data_changed"):
            keys.open(Sealed(sealed.key_id, cut), PLACE)
    newer = keys.rotate()
    with pytest.raises(Refused, match=r"keys\.data_changed"):
        keys.open(Sealed(newer, sealed.text), PLACE)
    with pytest.raises(Refused, match=r"keys\.data_lost"):
        keys.open(Sealed("gone", sealed.text), PLACE)


def test_another_process_opens_at_once_what_a_new_key_sealed(tmp_path: Path, keys: DataKeys, clock: StillClock) -> None:
    other = DataKeys(Folder(tmp_path / "keys"), clock)
    old = other.seal(b"1", PLACE)
    newer = keys.rotate()
    sealed = keys.seal(b"2", PLACE)
    assert sealed.key_id == newer != old.key_id
    assert other.open(sealed, PLACE) == b"2" and keys.open(old, PLACE) == b"1"


def test_the_digest_outlives_rotations_and_is_no_plain_hash(keys: DataKeys) -> None:
    before = keys.digest("snils", "11223344595")
    keys.rotate()
    assert keys.digest("snils", "11223344595") == before != keys.digest("snils", "11223344596")


def test_the_newest_key_stays_and_an_old_one_goes(keys: DataKeys, clock: StillClock) -> None:
    old, newer = keys.current, keys.rotate()
    with pytest.raises(Refused, match=r"keys\.data_in_use"):
        keys.forget(newer)
    clock.move(minutes=1)
    keys.forget(old)
    assert [key.id for key in keys.listed()] == [newer]


def test_no_key_goes_while_another_process_may_still_seal_with_it(
    tmp_path: Path, keys: DataKeys, clock: StillClock
) -> None:
    other = DataKeys(Folder(tmp_path / "keys"), clock)
    old = other.current
    keys.rotate()
    late = other.seal(b"1", PLACE)
    clock.move(seconds=59)
    with pytest.raises(Refused, match=r"keys\.data_too_new"):
        keys.forget(old)
    assert keys.open(late, PLACE) == b"1"


def test_the_file_is_for_us_alone_and_a_broken_one_stops(tmp_path: Path, keys: DataKeys, clock: StillClock) -> None:
    path = tmp_path / "keys" / FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text(json.dumps({"keys": [{"id": "1", "made_at": "2026-01-01T00:00:00+00:00", "key": "beef"}]}))
    with pytest.raises(Refused, match=r"keys\.unreadable"):
        DataKeys(Folder(tmp_path / "keys"), clock).listed()
