"""By which names a person signs in (LOG-01, LOG-04, Q-08, D-02)."""

import pytest
from sqlalchemy import update

from idp.accounts.contacts import ContactKind
from idp.kernel.refusal import Refused
from idp.store.tables.accounts import ContactRow
from tests.city import City
from tests.conftest import StillClock
from tests.flows.account.people import EMAIL, PASSWORD, PHONE, Anna


@pytest.fixture
def named(anna: Anna) -> Anna:
    anna.flows.people.choose_login("anna", "Anna.Belova")
    return anna


@pytest.mark.parametrize(
    "name",
    ["Anna.Belova", " anna.belova ", EMAIL, "ANNA@Example.RU", PHONE, "8 (900) 123-45-67", "79001234567", "9001234567"],
)
def test_login_confirmed_email_and_confirmed_phone_are_names(named: Anna, name):
    assert named.can_sign_in(name)


@pytest.mark.parametrize("name", ["112-233-445 95", "11223344595", "112 233 445 95"])
def test_a_snils_is_a_name_once_the_fund_has_matched_it_and_while_it_holds(named: Anna, city: City, name):
    data = city.flows.verifications.personal_data
    assert not named.can_sign_in(name)
    data.hold("anna", "snils", "11223344595", city.flows.now())
    assert named.can_sign_in(name)
    assert not named.can_sign_in("112-233-445 96") and not named.can_sign_in("087-654-302 00")
    data.let_go("anna", "snils")
    assert not named.can_sign_in(name)


@pytest.mark.parametrize(
    "name", ["", "anna", "anna@", "@example.ru", "+7900", "900123456789012", "anna\x00", "ё" * 400, "(", "+"]
)
def test_nothing_else_is(named: Anna, name):
    assert not named.can_sign_in(name)


def test_the_email_stays_a_name_beside_an_own_login_and_is_the_login_before(anna: Anna):
    assert anna.account.login == EMAIL and anna.can_sign_in(EMAIL)


@pytest.mark.parametrize(
    ("kind", "value"), [(ContactKind.EMAIL, "new@example.ru"), (ContactKind.PHONE, "+79997654321")]
)
def test_what_waits_for_its_code_is_no_name(named: Anna, kind, value):
    named.flows.people.change_contact(named.account, kind, value, "Anna-gorod-2026")

    assert not named.can_sign_in(value)


def test_a_phone_of_several_accounts_is_no_name_of_any(named: Anna, city: City):
    boris = Anna.settled(city, "boris")

    assert not named.can_sign_in(PHONE) and not boris.can_sign_in(PHONE)
    boris.flows.people.change_contact.remove(boris.account, boris.contact(ContactKind.PHONE).id, "Anna-gorod-2026")
    assert named.can_sign_in(PHONE)


def tried(anna: Anna, name: str, password: str = "wrong") -> str:
    with pytest.raises(Refused) as refused:
        anna.signs_in(name, password)
    return refused.value.code


def test_every_name_of_an_account_fills_one_bucket_in_silence(named: Anna):
    """Ten wrong passwords in all, whatever the account is called by; a right one is refused like a wrong one then."""
    for name in (EMAIL, PHONE, "anna.belova") * 3 + ("Anna.Belova",):
        assert tried(named, name) in ("sign_in.wrong", "sign_in.wrong_often")

    assert tried(named, EMAIL, PASSWORD) == "sign_in.wrong_often"
    assert tried(named, PHONE, PASSWORD) == "sign_in.wrong_often"


def test_what_is_announced_follows_from_tries_with_that_name_alone(named: Anna):
    """So the page can't tell that two names are one person's: the second is announced like a name that nobody has."""
    walk = ["sign_in.wrong"] * 2 + ["sign_in.wrong_often"] * 6 + ["sign_in.last_try"] + ["too_many"] * 3

    assert [tried(named, EMAIL) for _ in walk] == walk
    assert [tried(named, PHONE) for _ in walk] == walk
    assert [tried(named, "nobody@example.ru") for _ in walk] == walk


def test_spellings_of_a_name_are_one_name(named: Anna):
    for name in (PHONE, "8 (900) 123-45-67", "79001234567", "9001234567", " +7 900 123 45 67 ") * 2:
        refused = tried(named, name)

    assert refused == "too_many"


def test_the_right_password_starts_both_counts_anew(named: Anna):
    for _ in range(4):
        for name in (EMAIL, PHONE):
            assert [tried(named, name) for _ in range(2)] == ["sign_in.wrong"] * 2
            named.signs_in(name)


def test_the_window_ends_the_wait(named: Anna, clock: StillClock):
    for name in (EMAIL, PHONE):
        for _ in range(10):
            tried(named, name)
    assert tried(named, "anna.belova", PASSWORD) == "sign_in.wrong"

    clock.move(minutes=15)

    assert named.can_sign_in(PHONE)


def test_an_email_that_is_the_login_stays_one_when_it_is_outdated(anna: Anna, city: City):
    """D-03, FUL-13: the login stays; but nothing is recovered by a contact that is no longer current (REC-04)."""
    anna.column(login_key=EMAIL)
    outdated = update(ContactRow).where(ContactRow.value == EMAIL).values(outdated_at=city.flows.now())
    city.flows.database.run(outdated)

    assert anna.can_sign_in(EMAIL)
    assert city.flows.accounts.by_contact(ContactKind.EMAIL, EMAIL) == []


def test_an_outdated_email_beside_an_own_login_is_no_name(named: Anna, city: City):
    outdated = update(ContactRow).where(ContactRow.value == EMAIL).values(outdated_at=city.flows.now())
    city.flows.database.run(outdated)

    assert not named.can_sign_in(EMAIL) and named.can_sign_in("anna.belova")


def test_a_name_nobody_has_is_answered_like_a_wrong_password(named: Anna):
    def walk(name: str) -> list[str]:
        codes = []
        for _ in range(11):
            with pytest.raises(Refused) as refused:
                named.signs_in(name, "wrong")
            codes.append(refused.value.code)
        return codes

    assert walk("nobody") == walk("nobody@example.ru") == walk("+79990000000") == walk(EMAIL)
