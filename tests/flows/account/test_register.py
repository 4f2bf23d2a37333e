"""A registration costs nothing, so its letters and codes are counted by whom they concern and by who asks."""

from dataclasses import replace

import pytest

from idp.accounts.registration import Registration
from idp.accounts.throttle import TooMany
from idp.flows.account.registration_form import RegistrationForm
from idp.flows.people import People
from idp.kernel.ids import digest, new_id
from idp.kernel.refusal import Refused
from tests.city import City
from tests.conftest import StillClock
from tests.flows.account.people import ANOTHER_PASSWORD, Post

EMAIL = "maria@example.ru"
FORM = RegistrationForm(
    family_name="Белова",
    given_name="Мария",
    email=EMAIL,
    phone="9005550011",
    password=ANOTHER_PASSWORD,
    password2=ANOTHER_PASSWORD,
    agreement=True,
)


@pytest.fixture
def people(city: City) -> People:
    return city.flows.people


def registers(people: People, email: str = EMAIL, address: str = "192.0.2.1") -> Registration:
    secret = people.register(replace(FORM, email=email), "ru", address, "", new_id())
    found = people.registrations.by_secret(digest(secret), people.now())
    assert found is not None
    return found


def again(people: People, registration: Registration, address: str = "192.0.2.1") -> Registration:
    people.now.move(seconds=61)  # type: ignore[attr-defined]
    return people.send_confirmation.again(registration, None, address)


def mistypes(people: People, registration: Registration, address: str = "192.0.2.1") -> str:
    with pytest.raises(Refused) as refused:
        people.confirm_email.by_code(registration, "00000", address)
    return refused.value.code


def test_letters_to_one_email_are_few_a_day_whoever_asks(people: People, post: Post, clock: StillClock):
    for number in range(10):
        registration = registers(people, address=f"192.0.2.{number}")
        again(people, registration, f"198.51.100.{number}")

    with pytest.raises(TooMany) as refused:
        registers(people, address="203.0.113.1")
    with pytest.raises(TooMany):
        again(people, registration, "203.0.113.1")

    assert refused.value.code == "too_many_letters" and len(post.all(EMAIL)) == 20
    registers(people, "other@example.ru")
    clock.move(hours=24)
    registers(people)


def test_letters_asked_for_from_one_address_are_few(people: People, post: Post):
    first = [registers(people, f"maria{number}@example.ru") for number in range(30)]
    people.now.move(seconds=61)  # type: ignore[attr-defined]
    second = [people.send_confirmation.again(registration, None, "192.0.2.1") for registration in first]
    people.now.move(seconds=61)  # type: ignore[attr-defined]

    with pytest.raises(TooMany) as refused:
        people.send_confirmation.again(second[0], None, "192.0.2.1")

    assert refused.value.limit == "sign_up_letters_per_address" and len(post.all()) == 60
    people.send_confirmation.again(second[0], None, "192.0.2.2")


def test_wrong_codes_of_one_email_are_few_a_day_however_often_it_registers(people: People, post: Post):
    for number in range(10):
        registration = registers(people, address=f"192.0.2.{number}")
        assert [mistypes(people, registration, f"192.0.2.{number}") for _ in range(5)][-1] == "code.void"
    registration = registers(people, address="198.51.100.1")

    assert mistypes(people, registration, "198.51.100.1") == "too_many_today"
    with pytest.raises(TooMany):
        people.confirm_email.by_code(registration, post.last(EMAIL).code, "198.51.100.1")
    assert people.confirm_email.by_link(post.last(EMAIL).link).first


def test_wrong_codes_from_one_address_are_few(people: People):
    for number in range(20):
        registration = registers(people, f"maria{number}@example.ru", f"198.51.100.{number}")
        for _ in range(5):
            assert mistypes(people, registration).startswith("code.")

    assert mistypes(people, registers(people, "more@example.ru", "203.0.113.1")) == "too_many"
    assert mistypes(people, registers(people, "most@example.ru", "203.0.113.1"), "203.0.113.2") == "code.wrong"


def test_of_two_presses_of_send_again_one_sends(people: People, post: Post, clock: StillClock):
    """Both tabs read the registration before either wrote."""
    registration = registers(people)
    again(people, registration)

    with pytest.raises(Refused) as refused:
        people.send_confirmation.again(registration, None, "192.0.2.1")

    assert refused.value.code == "code.too_soon" and len(post.all(EMAIL)) == 2
    assert people.confirm_email.by_code(registers_now(people, registration), post.last(EMAIL).code, "").first


def registers_now(people: People, registration: Registration) -> Registration:
    found = people.registrations.get(registration.id, people.now())
    assert found is not None
    return found


def test_a_confirmed_registration_sends_no_more(people: People, post: Post):
    registration = registers(people)
    people.confirm_email.by_code(registration, post.last(EMAIL).code, "")

    with pytest.raises(Refused) as refused:
        again(people, registration)

    assert refused.value.code == "code.already_confirmed"
