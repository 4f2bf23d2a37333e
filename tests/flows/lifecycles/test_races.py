"""What ends ends whole: no session, grant or second password outlives a recovery, a sign-out or a closed account.

Eight callers in two processes, on SQLite with the file and on PostgreSQL with Redis; whoever races goes on until it is
refused, so that some of it always meets the other in the middle.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from idp.accounts.contacts import Contact, ContactKind
from idp.kernel.clock import utc_now
from idp.kernel.ids import digest, new_id
from idp.kernel.limit_settings import Limits
from idp.kernel.settings import Confirmation, Outgoing, Settings
from idp.kernel.settings import Database as DatabaseSettings
from idp.kernel.settings import ShortLived as ShortLivedSettings
from idp.store.tables.accounts import RegistrationRow, SessionRow
from idp.store.tables.grants import GrantRow
from idp.store.tables.records import OutboxRow
from idp.wiring import build
from tests.city import City
from tests.flows.account.people import EMAIL, Anna
from tests.flows.account.test_register import FORM
from tests.flows.lifecycles import acts
from tests.racers import EVERYBODY

ROUNDS = 2


@pytest.fixture
def deployed(settings: Settings, store_urls: tuple[str, str], key_folder: Path, tmp_path: Path) -> Settings:
    shutil.copytree(key_folder, tmp_path / "keys")
    most = {"sign_in_tries": 10_000, "sign_in_tries_per_address": 100_000, "code_sends": 10_000}
    letters = {"sign_up_letters_a_day": 10_000, "sign_up_letters_per_address": 10_000}
    return replace(
        settings,
        database=DatabaseSettings(url=store_urls[0]),
        short_lived=ShortLivedSettings(url=store_urls[1]),
        limits=Limits(**most, **letters, recovery_per_address=10_000, logout_patience_seconds=0.1),
        outgoing=Outgoing(timeout_seconds=0.1),
    )


@pytest.fixture
def anna(deployed: Settings) -> Iterator[Anna]:
    flows = build(deployed)
    city = City(flows)
    city.at = utc_now()
    city.client(backchannel_logout_uri=None, first_party=True)
    yield Anna.settled(city)
    flows.close()


@pytest.fixture
def at_once(race, deployed: Settings):
    return lambda act, *args: race(acts.opens, (deployed,), act, *args)


def proved(anna: Anna) -> str:
    people = anna.flows.people
    secret = people.recover_password.begin(EMAIL, "", "ru", "192.0.2.7", new_id())
    people.recover_password.prove(secret, last_code(anna))
    return secret


def last_code(anna: Anna) -> str:
    newest = select(OutboxRow.payload).where(OutboxRow.channel == "email").order_by(OutboxRow.created_at.desc())
    return next(
        word
        for word in anna.flows.database.rows(newest)[0].payload["text"].split()
        if word.isdigit() and len(word) == 6
    )


def alive(anna: Anna) -> tuple[int, int]:
    """Return how many sessions and grants of hers have not ended."""
    database = anna.flows.database
    sessions = select(SessionRow.id).where(SessionRow.account_id == "anna", SessionRow.ended_at.is_(None))
    grants = select(GrantRow.id).where(GrantRow.account_id == "anna", GrantRow.ended_at.is_(None))
    return len(database.rows(sessions)), len(database.rows(grants))


def letters(anna: Anna) -> int:
    return len(anna.flows.database.rows(select(OutboxRow.id).where(OutboxRow.channel != "logout")))


def test_nothing_outlives_a_recovery(anna, at_once):
    for _ in range(ROUNDS):
        session = anna.signs_in()

        told = at_once(acts.recovered_meanwhile, proved(anna), session.id)

        assert sorted(told) == ["done"] + ["login_required"] * 3 + ["sign_in.wrong"] * 4
        assert alive(anna) == (0, 0)
        assert anna.can_sign_in(password=acts.ANOTHER_PASSWORD) and not anna.can_sign_in()
        anna.flows.people.end_sessions.account("anna")
        anna.column(password_hash=anna.flows.hasher.make(acts.PASSWORD))


def test_no_grant_outlives_a_sign_out(anna, at_once):
    for _ in range(ROUNDS):
        session = anna.signs_in()

        told = at_once(acts.signed_out_meanwhile, session.id)

        assert sorted(told) == ["done"] + ["login_required"] * (EVERYBODY - 1)
        assert alive(anna) == (0, 0)


def test_nothing_outlives_an_account(anna, at_once):
    session = anna.signs_in()

    told = at_once(acts.closed_meanwhile, session.id)

    assert sorted(told) == ["done"] + ["login_required"] * 3 + ["sign_in.wrong"] * 4
    assert alive(anna) == (0, 0)


def test_of_all_recoveries_of_one_password_one_ends(anna, at_once):
    """One recovery finished in eight tabs, and four recoveries begun side by side."""
    assert sorted(at_once(acts.recover, (proved(anna),))) == ["done"] + ["recovery.expired"] * 7

    several = tuple(proved(anna) for _ in range(4))
    assert sorted(at_once(acts.recover, several)) == ["done"] + ["recovery.expired"] * 7


def test_of_all_new_passwords_in_the_place_of_one_one_is_set(anna, at_once):
    session = anna.signs_in()

    told = at_once(acts.change_password, session.id)

    [new] = [word for word in told if word != "password.faulty"]
    assert len(told) == EVERYBODY and anna.can_sign_in(password=new)


def test_send_again_pressed_eight_times_sends_one(anna, at_once):
    people = anna.flows.people
    things = []
    for number in range(4):
        phone = Contact(new_id(), "anna", ContactKind.PHONE, f"+7999765432{number}")
        anna.flows.accounts.add_contact(phone, anna.flows.now())
        secret = people.recover_password.begin(EMAIL, "", "ru", "192.0.2.7", new_id())
        registered = digest(people.register(FORM, "ru", "192.0.2.7", "", new_id()))
        registration = people.registrations.by_secret(registered, anna.flows.now())
        assert registration is not None
        let_a_minute_pass(anna, secret)
        things += [(acts.recover_again, secret), (acts.send_code, phone.id), (acts.register_again, registration.id)]

    for act, thing in things:
        before = letters(anna)
        assert sorted(at_once(act, thing)) == ["code.too_soon"] * (EVERYBODY - 1) + ["sent"], act
        assert letters(anna) == before + 1


def test_a_recovery_begun_eight_times_from_one_page_is_one(anna, at_once):
    page, before = new_id(), letters(anna)

    secrets = at_once(acts.begin, page)

    assert len(set(secrets)) == 1 and letters(anna) == before + 1
    assert len(set(at_once(acts.begin, new_id()))) == 1 and letters(anna) == before + 2


def let_a_minute_pass(anna: Anna, secret: str) -> None:
    """Make what was sent a minute older, so that another may be asked for."""
    minute = timedelta(seconds=Confirmation().resend_seconds + 1)
    state = anna.flows.short_lived.get("recovery", secret)
    anna.flows.short_lived.replace("recovery", secret, {**state, "at": state["at"] - minute.total_seconds()}, 1800)
    anna.flows.database.run(update(RegistrationRow).values(sent_at=anna.flows.now() - minute))
