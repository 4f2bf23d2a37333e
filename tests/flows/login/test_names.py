"""By which names a person signs in (LOG-01, LOG-04, Q-08, D-02)."""

import pytest

from idp.accounts.contacts import ContactKind
from idp.kernel.refusal import Refused
from tests.city import City
from tests.flows.account.people import EMAIL, PHONE, Anna


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


def test_every_name_of_an_account_fills_one_bucket(named: Anna):
    """Ten wrong passwords in all, whatever the account is called by; a right one is refused after that too."""
    refused = []
    for name in (EMAIL, PHONE, "anna.belova") * 3 + (EMAIL,):
        with pytest.raises(Refused) as wrong:
            named.signs_in(name, "wrong")
        refused.append(wrong.value.code)

    assert refused == ["sign_in.wrong"] * 8 + ["sign_in.last_try", "too_many"]
    with pytest.raises(Refused) as locked:
        named.signs_in()
    assert locked.value.code == "too_many"


def test_a_name_nobody_has_is_answered_like_a_wrong_password(named: Anna):
    def walk(name: str) -> list[str]:
        codes = []
        for _ in range(11):
            with pytest.raises(Refused) as refused:
                named.signs_in(name, "wrong")
            codes.append(refused.value.code)
        return codes

    assert walk("nobody") == walk("nobody@example.ru") == walk("+79990000000") == walk(EMAIL)
