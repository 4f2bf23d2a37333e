"""What a restore to yesterday brings back, and what it must not: tokens, sessions, people, passwords, secrets."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from idp.accounts.consent import Sharing
from idp.flows.admin.clients import DisableClient, RotateSecret
from idp.flows.keep_ledger import KeepLedger
from idp.kernel.refusal import Refused
from idp.kernel.settings import Settings
from idp.store.database import Database
from idp.store.ledger import Ledger
from idp.store.migrate import migrate
from idp.store.outbox import Outbox
from idp.wiring import build
from idp.wiring.backup import make_backup, restore_backup
from tests.city import City
from tests.conftest import StillClock
from tests.stores import copy_of_migrated
from tests.visitor import PASSWORD


@dataclass
class House:
    """One city that is lost and restored; ``restored`` opens the new one."""

    settings: Settings
    clock: StillClock
    city: City
    empty: Callable[[], str]
    backup: bytes = b""

    def back_up(self) -> None:
        written = bytearray()
        make_backup(self.settings, self.city.flows.database, self.clock)(written.extend)
        self.backup = bytes(written)
        self.clock.move(hours=20)

    @property
    def ledger(self) -> Ledger:
        return Ledger(Path(self.settings.backup.ledger))

    def lose(self, ledger: bool = True, as_it_was: bool = False) -> City:
        """Let the jobs write the ledger, destroy everything else, restore."""
        flows = self.city.flows
        KeepLedger(Outbox(flows.database, self.clock), self.ledger)()
        flows.close()
        shutil.rmtree(self.settings.keys.folder)
        settings = replace(self.settings, database=replace(self.settings.database, url=self.empty()))
        database = Database(settings.database.url)
        try:
            restore = restore_backup(settings, database, self.clock)
            restore(lambda: iter([self.backup]), self.ledger.lines() if ledger else None, as_it_was, lambda _: None)
        finally:
            database.close()
        self.city = City(build(settings, self.clock), self.city.secrets)
        return self.city


#: From one kind of database into the other; what doesn't touch the rows themselves is shown one way.
EITHER = pytest.mark.parametrize("house", ["sqlite-postgresql", "postgresql-sqlite"], indirect=True)


@pytest.fixture(params=["postgresql-sqlite"])
def house(
    request: pytest.FixtureRequest, settings: Settings, key_folder: Path, clock: StillClock, tmp_path: Path
) -> Iterator[House]:
    before, after = request.param.split("-")

    def empty(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path}/{kind}.db"
        return copy_of_migrated(request.getfixturevalue("postgresql"))

    chosen = replace(
        settings,
        database=replace(settings.database, url=empty(before)),
        backup=replace(settings.backup, ledger=str(tmp_path / "elsewhere" / "ledger.jsonl")),
    )
    shutil.copytree(key_folder, chosen.keys.folder)
    database = Database(chosen.database.url)
    migrate(database)
    database.close()
    city = City(build(chosen, clock))
    city.person(password_hash=city.flows.hasher.make(PASSWORD))
    city.session()
    city.client()
    city.service()
    made = House(chosen, clock, city, lambda: empty(after))
    yield made
    made.city.flows.close()


def tokens(city: City) -> Any:
    """Those of a grant that outlives its session."""
    return city.exchange(city.code(city.grant(offline=True))).json


@EITHER
def test_what_was_given_out_before_is_refused_and_what_is_given_out_after_works(house: House) -> None:
    city = house.city
    kept, ended = tokens(city), tokens(city)
    of_service = city.token("service", grant_type="client_credentials").json["access_token"]
    house.back_up()
    city.call("POST", "/revoke", {"token": ended["refresh_token"]}, authorization=city.basic("parking"))
    house.clock.move(hours=-20, seconds=1)

    city = house.lose()

    for token in (kept["refresh_token"], ended["refresh_token"]):
        assert city.refresh(token).json["error"] == "invalid_grant"
    for token in (kept["access_token"], ended["access_token"]):
        assert city.introspect(token) == {"active": False}
        assert city.userinfo(token).status == 401
    assert city.introspect(of_service, "service") == {"active": False}
    session = city.flows.people.sessions.get("session")
    assert session is not None and session.ended_at == house.clock()

    # The same keys sign, the same people and portals are there.
    house.clock.move(seconds=1)
    city.session("another")
    city.at = house.clock()
    made = city.exchange(city.code(city.grant(session_id="another"))).json
    assert city.refresh(made["refresh_token"]).status == 200
    assert city.introspect(made["access_token"])["active"]
    assert city.claims(made["id_token"])["sub"] == city.claims(kept["id_token"])["sub"]
    again = city.token("service", grant_type="client_credentials").json["access_token"]
    assert city.introspect(again, "service")["active"]


def test_the_link_of_the_first_administrator_does_not_come_back(house: House) -> None:
    link = house.city.flows.people.first_admin.offer()
    house.back_up()
    house.clock.move(hours=-20, minutes=1)
    secret = link.partition("token=")[2]
    house.city.flows.people.first_admin.take(secret, "Anna")

    with pytest.raises(Refused) as refused:
        house.lose().flows.people.first_admin.require(secret)
    assert refused.value.code == "first_admin.no_link"


def test_a_city_that_was_stopped_moves_with_its_sessions_and_tokens(house: House) -> None:
    kept = tokens(house.city)
    house.back_up()
    house.clock.move(hours=-20)

    city = house.lose(as_it_was=True)

    assert city.introspect(kept["access_token"])["active"]
    assert city.refresh(kept["refresh_token"]).status == 200
    session = city.flows.people.sessions.get("session")
    assert session is not None and session.ended_at is None


@EITHER
def test_who_closed_the_account_since_stays_closed(house: House) -> None:
    people = house.city.flows.people
    account = people.accounts.get("anna")
    assert account is not None
    house.back_up()
    people.close_account(account, PASSWORD)

    people = house.lose().flows.people

    closed = people.accounts.get("anna")
    assert closed is not None and closed.closed_at == house.clock()
    assert (closed.login, closed.name.family, closed.password_hash) == ("", "", "")
    assert people.accounts.contacts("anna") == [] and people.evidence.of("anna") == []
    assert [line.event.kind for line in house.city.flows.journal.of("anna")] == ["account.closed"]
    # Nothing personal stands in the ledger.
    (line,) = house.ledger.lines()
    assert line["kind"] == "account.closed" and line["account_id"] == "anna" and "example.ru" not in json.dumps(line)


@EITHER
def test_what_was_withdrawn_from_a_portal_since_is_not_given_again(house: House) -> None:
    people = house.city.flows.people
    for name in ("service", "parking"):
        people.sharings.give(Sharing("anna", name, frozenset({"email"}), frozenset(), house.clock()))
    house.back_up()
    assert people.portals.withdraw("anna", "parking")

    sharings = house.lose().flows.people.sharings

    assert {item.client_id: item.withdrawn_at for item in sharings.of("anna")} == {
        "service": None,
        "parking": house.clock(),
    }
    # What a person gives after the restore holds.
    sharings.give(Sharing("anna", "parking", frozenset({"email"}), frozenset(), house.clock()))
    given = sharings.get("anna", "parking")
    assert given is not None and given.withdrawn_at is None


@EITHER
def test_a_dead_password_secret_and_token_stay_dead(house: House) -> None:
    flows = house.city.flows
    token = flows.administration.add_token("robot", 30, "")
    other = flows.administration.add_token("another", 30, "")
    account = flows.people.accounts.get("anna")
    assert account is not None
    RotateSecret(flows.registry)("parking")
    house.city.secrets["parking"] = RotateSecret(flows.registry)("parking").secret
    house.back_up()
    RotateSecret(flows.registry)("parking")
    DisableClient(flows.registry)("service")
    flows.administration.revoke_token(token.token.id)
    flows.people.change_password(account, "session", PASSWORD, *["another-secret-of-anna-7"] * 2)

    city = house.lose()

    assert city.token(grant_type="client_credentials").status == 401
    assert city.token("service", grant_type="client_credentials").status == 401
    live = {found.id: found.is_live(house.clock()) for found in city.flows.administration.tokens.all()}
    assert live == {token.token.id: False, other.token.id: True}
    account = city.flows.people.accounts.get("anna")
    assert account is not None and not city.flows.hasher.matches(PASSWORD, account.password_hash)


def test_what_the_backup_knows_is_not_replayed(house: House) -> None:
    flows = house.city.flows
    house.city.secrets["parking"] = RotateSecret(flows.registry)("parking").secret
    house.back_up()

    city = house.lose()

    assert city.token(grant_type="refresh_token", refresh_token="x").json["error"] == "invalid_grant"


def test_without_a_ledger_administrators_tokens_end_too(house: House) -> None:
    token = house.city.flows.administration.add_token("robot", 30, "")
    house.back_up()

    city = house.lose(ledger=False)

    (found,) = city.flows.administration.tokens.all()
    assert found.id == token.token.id and found.revoked_at == house.clock()


def _restore(house: House, settings: Settings) -> None:
    database = Database(settings.database.url)
    try:
        restore_backup(settings, database, house.clock)(lambda: iter([house.backup]), (), False, lambda _: None)
    finally:
        database.close()


def test_neither_a_full_database_nor_other_keys_are_touched(house: House) -> None:
    house.back_up()
    with pytest.raises(Refused, match=r"database\.not_empty"):
        _restore(house, house.settings)

    settings = replace(house.settings, database=replace(house.settings.database, url=house.empty()))
    ring = Path(settings.keys.folder) / "signing.json"
    ring.write_bytes(ring.read_bytes() + b" ")
    with pytest.raises(Refused, match=r"backup\.keys_present"):
        _restore(house, settings)


def test_a_backup_whose_end_is_missing_changes_nothing(house: House) -> None:
    house.back_up()
    settings = replace(house.settings, database=replace(house.settings.database, url=house.empty()))
    whole, house.backup = house.backup, house.backup[: house.backup.rindex(b'{"part":"end"')]
    with pytest.raises(Refused, match=r"backup\.cut"):
        _restore(house, settings)

    house.backup = whole
    _restore(house, settings)


def test_one_from_a_newer_version_is_refused_by_name(house: House) -> None:
    house.back_up()
    house.backup = house.backup.replace(b'"revision":"', b'"revision":"9', 1)
    with pytest.raises(Refused, match=r"backup\.newer"):
        _restore(house, house.settings)
