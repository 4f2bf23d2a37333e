"""Races between processes on every kind of store: whatever may happen once happens once, and one caller knows it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete

from idp.accounts.account import Account, Name
from idp.accounts.consent import Sharing
from idp.accounts.contacts import Contact, ContactKind
from idp.accounts.registration import Registration
from idp.accounts.session import Session
from idp.assurance.evidence import Evidence, Kind
from idp.clients.client import Client
from idp.journal.events import Event
from idp.kernel.ids import digest, new_id
from idp.protocol.grant import Grant
from idp.store.accounts import Accounts
from idp.store.clients import Changed, Clients
from idp.store.database import Conflict, Database
from idp.store.evidence import EvidenceStore
from idp.store.grants import Grants
from idp.store.journal import Journal
from idp.store.outbox import Outbox
from idp.store.registrations import Registrations
from idp.store.sessions import Sessions
from idp.store.sharings import Sharings
from idp.store.tables.clients import ResourceRow
from tests.racers import EVERYBODY

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
NAME = Name("Иванова", "Анна", "Петровна")
ROUNDS = 4


def now() -> datetime:
    return AT


def account(account_id: str, login: str) -> Account:
    return Account(account_id, login, False, NAME, "-", AT, AT)


def open_account(database: Database, number: int, login: str) -> bool:
    """Open an account with its e-mail confirmed, all of it or nothing."""
    account_id = new_id()
    try:
        with database.together():
            Accounts(database).open(account(account_id, f"{login}-{number}"), "v1")
            email = Contact(new_id(), account_id, ContactKind.EMAIL, login, confirmed_at=AT)
            Accounts(database).add_contact(email, AT)
    except Conflict:
        assert Accounts(database).get(account_id) is None
        return False
    return True


def choose_login(database: Database, number: int, login: str) -> bool:
    try:
        Accounts(database).set_login(f"person-{number}", login, True, AT)
    except Conflict:
        return False
    return True


def confirm_contact(database: Database, _: int, contact_id: str) -> bool:
    return Accounts(database).confirm_contact(contact_id, AT)


def close_account(database: Database, _: int, account_id: str) -> bool:
    with database.together():
        return Accounts(database).close(account_id, AT)


def take_registration(database: Database, number: int, registration_id: str) -> bool:
    return Registrations(database).take(registration_id, f"account-{number}", AT)


def count_try(database: Database, _: int, registration_id: str) -> int:
    return Registrations(database).count_try(registration_id)


def rotate(database: Database, _: int, grant_id: str) -> bool:
    return Grants(database).rotate(grant_id, 0, AT)


def end_grant(database: Database, number: int, grant_id: str) -> bool:
    return Grants(database).end(grant_id, f"reason {number}", AT)


def end_session(database: Database, _: int, session_id: str) -> bool:
    return Sessions(database).end(session_id, AT)


def end_sessions(database: Database, _: int, account_id: str) -> list[str]:
    return [session.id for session in Sessions(database).end_all(account_id, AT)]


def end_evidence(database: Database, _: int, account_id: str) -> int:
    return EvidenceStore(database).end(account_id, Kind.EMAIL, AT)


def give(database: Database, number: int, client_id: str) -> None:
    with database.together():
        Sharings(database).give(Sharing("anna", client_id, frozenset({"email"}), frozenset(), AT))
        Journal(database, now).record(Event("sharing.given", "anna", "anna", client_id))


def withdraw(database: Database, _: int, client_id: str) -> bool:
    return Sharings(database).withdraw("anna", client_id, AT)


def lease(database: Database, _: int) -> list[str]:
    return [parcel.id for parcel in Outbox(database, now).due(("email",), 30, timedelta(seconds=60))]


def change_client(database: Database, number: int, client_id: str) -> bool:
    clients = Clients(database, now)
    seen = clients.fresh(client_id)
    assert seen is not None
    try:
        clients.change(replace(seen, client_name=f"by {number}", version=1))
    except Changed:
        return False
    return True


def add_client(database: Database, number: int, uri: str) -> bool:
    try:
        Clients(database, now).add(Client(f"{new_id()}-{number}", "A resource", resource_uris=(uri,)))
    except Conflict:
        return False
    return True


@pytest.fixture
def at_once(race, database_url):
    """Let eight callers do the same; each answers ``True`` or what it got."""

    def run(act, *args):
        return race(Database, (database_url,), act, *args)

    return run


@pytest.fixture
def town(database: Database, anna: str) -> Database:
    for number in range(EVERYBODY):
        Accounts(database).open(account(f"person-{number}", f"person-{number}@example.ru"), "v1")
    return database


def one_winner(answers: list[object]) -> bool:
    return sorted(answers, key=str) == [False] * (EVERYBODY - 1) + [True]


def test_an_email_is_confirmed_in_one_account(at_once):
    for number in range(ROUNDS):
        assert one_winner(at_once(open_account, f"anna-{number}@example.ru"))


def test_a_login_is_chosen_by_one(at_once, town):
    for number in range(ROUNDS):
        assert one_winner(at_once(choose_login, f"сирень-{number}"))
        assert Accounts(town).by_login(f"СИРЕНЬ-{number}") is not None


def test_a_contact_is_confirmed_once(at_once, town):
    for number in range(ROUNDS):
        Accounts(town).add_contact(Contact(f"c-{number}", "anna", ContactKind.PHONE, f"+7900123450{number}"), AT)
        assert one_winner(at_once(confirm_contact, f"c-{number}"))


def test_an_account_is_closed_once(at_once, town):
    assert one_winner(at_once(close_account, "anna"))


def test_a_registration_becomes_one_account_and_every_try_counts(at_once, database):
    for number in range(ROUNDS):
        registration = Registration(
            f"r-{number}", "anna@example.ru", "", NAME, "-", "", "", "v1", "ru", AT, AT + timedelta(days=1)
        )
        Registrations(database).open(registration, digest(f"s-{number}"), digest(f"l-{number}"))
        assert sorted(at_once(count_try, registration.id)) == list(range(1, EVERYBODY + 1))
        assert one_winner(at_once(take_registration, registration.id))


def open_grant(database: Database, grant_id: str) -> None:
    grant = Grant(grant_id, "anna", "parking", "s", frozenset({"openid"}), AT, ("pwd",), AT, AT + timedelta(days=1))
    Grants(database).open(grant)


def test_a_grant_moves_on_once_and_ends_once(at_once, town):
    for number in range(ROUNDS):
        open_grant(town, f"g-{number}")
        assert one_winner(at_once(rotate, f"g-{number}"))
        assert Grants(town).get(f"g-{number}").generation == 1
        assert one_winner(at_once(end_grant, f"g-{number}"))


def start_session(database: Database, session_id: str) -> None:
    session = Session(session_id, "anna", ("pwd",), AT, AT, AT, AT + timedelta(hours=12), 1800)
    Sessions(database).start(session, digest(session_id))


def test_a_session_ends_once(at_once, town):
    for number in range(ROUNDS):
        start_session(town, f"s-{number}")
        assert one_winner(at_once(end_session, f"s-{number}"))


def test_ending_all_sessions_at_once_tells_of_each_once(at_once, town):
    for number in range(10):
        start_session(town, f"s-{number}")

    ended = [session_id for answer in at_once(end_sessions, "anna") for session_id in answer]

    assert sorted(ended) == [f"s-{number}" for number in range(10)]


def test_evidence_ends_once(at_once, town):
    EvidenceStore(town).add("anna", Evidence(Kind.EMAIL, "anna@example.ru", AT - timedelta(days=1)))

    assert sorted(at_once(end_evidence, "anna")) == [0] * (EVERYBODY - 1) + [1]


def test_the_same_button_in_eight_tabs_gives_and_withdraws_once(at_once, town):
    for number in range(ROUNDS):
        assert at_once(give, f"app-{number}") == [None] * EVERYBODY
        assert one_winner(at_once(withdraw, f"app-{number}"))
    assert len(Sharings(town).of("anna")) == ROUNDS


def test_a_parcel_is_leased_to_one(at_once, database):
    added = sorted(Outbox(database, now).add("email", {"to": "a"}) for _ in range(25))

    taken = [parcel_id for answer in at_once(lease) for parcel_id in answer]

    assert sorted(taken) == added


def test_a_clients_version_is_changed_by_one(at_once, database):
    for number in range(ROUNDS):
        Clients(database, now).add(Client(f"client-{number}", "A client"))
        assert one_winner(at_once(change_client, f"client-{number}"))


def test_a_resource_is_held_by_one_client(at_once, database):
    for number in range(ROUNDS):
        assert one_winner(at_once(add_client, f"https://api-{number}.test/"))
    assert len(Clients(database, now).all()) == ROUNDS
    database.run(delete(ResourceRow))
