"""Personal data in the database: unreadable without the key, held by one account, sealed anew piece by piece."""

from pathlib import Path

import pytest
from sqlalchemy import select

from idp.accounts.account import Account, Name
from idp.assurance.identifiers import SNILS
from idp.keys.data_keys import DataKeys
from idp.keys.folder import Folder
from idp.store.accounts import Accounts
from idp.store.database import Conflict, Database
from idp.store.personal_data import PersonalData
from idp.store.tables.assurance import PersonalDatumRow
from tests.conftest import StillClock
from tests.racers import EVERYBODY

NUMBER = "11223344595"


def somebody(database: Database, clock: StillClock, account_id: str) -> str:
    at = clock()
    account = Account(account_id, f"{account_id}@example.ru", False, Name("Иванова", "Анна"), "-", at, at)
    Accounts(database).open(account, "2026-11-01")
    return account_id


@pytest.fixture
def data(database: Database, clock: StillClock, tmp_path: Path, anna: str) -> PersonalData:
    somebody(database, clock, "boris")
    keys = DataKeys(Folder(tmp_path / "keys"), clock)
    keys.prepare()
    return PersonalData(database, keys)


def test_a_number_is_held_by_one_found_by_it_and_unreadable_at_rest(data: PersonalData, clock: StillClock) -> None:
    data.hold("anna", SNILS, NUMBER, clock())
    holder = data.holder(SNILS, NUMBER)
    assert holder is not None and holder.id == "anna" and data.holder(SNILS, "08765430200") is None
    with pytest.raises(Conflict):
        data.hold("boris", SNILS, NUMBER, clock())
    [row] = data.database.rows(select(PersonalDatumRow.sealed, PersonalDatumRow.digest))
    assert NUMBER not in row.sealed and NUMBER not in row.digest


def test_what_is_let_go_stays_known_and_another_may_hold_it(data: PersonalData, clock: StillClock) -> None:
    data.hold("anna", SNILS, NUMBER, clock())
    assert data.let_go("anna", SNILS) and not data.let_go("anna", SNILS)
    kept = data.of("anna", SNILS)
    assert kept is not None and (kept.value, kept.held) == (NUMBER, False)
    data.hold("boris", SNILS, NUMBER, clock())
    assert data.holder(SNILS, NUMBER).id == "boris"  # type: ignore[union-attr]


def test_a_rotation_seals_anew_wherever_it_was_left(data: PersonalData, database: Database, clock: StillClock) -> None:
    for number in range(5):
        data.hold(somebody(database, clock, f"p{number}"), SNILS, f"0000{number}", clock())
    old, newer = data.keys.current, data.keys.rotate()
    assert data.by_key() == {old: 5}
    assert data.reseal(2) == 2 and data.by_key() == {old: 3, newer: 2}
    assert data.reseal(100) == 3 and data.reseal(100) == 0 and data.by_key() == {newer: 5}
    clock.move(minutes=1)
    data.keys.forget(old)
    assert [data.of(f"p{number}", SNILS).value for number in range(5)] == [f"0000{number}" for number in range(5)]  # type: ignore[union-attr]


def hold(database: Database, number: int, keys: str) -> str:
    try:
        PersonalData(database, DataKeys(Folder(Path(keys)), StillClock())).hold(
            f"p{number}", SNILS, NUMBER, StillClock()()
        )
    except Conflict:
        return "taken"
    return "held"


def test_of_eight_accounts_in_two_processes_one_holds_a_number(
    race, database: Database, database_url: str, data: PersonalData, clock: StillClock, tmp_path: Path
) -> None:
    for number in range(EVERYBODY):
        somebody(database, clock, f"p{number}")
    answers = race(Database, (database_url,), hold, str(tmp_path / "keys"))
    assert sorted(answers) == ["held"] + ["taken"] * (EVERYBODY - 1)
