"""Changing contacts (SIM-28, D-02): the old one stays in force until the new one is proved, and hears of it."""

import pytest
from sqlalchemy import update

from idp.accounts.contacts import ContactKind
from idp.accounts.throttle import TooMany
from idp.assurance.evidence import Kind
from idp.assurance.levels import Level, standing
from idp.kernel.refusal import Faulty, Refused
from idp.store.tables.accounts import ContactRow
from tests.city import City
from tests.conftest import StillClock
from tests.flows.account.people import ANOTHER_PASSWORD, EMAIL, PASSWORD, PHONE, Anna, Post

NEW, NEW_PHONE = "anna.new@example.ru", "+79997654321"


def change(anna: Anna, text: str = NEW, kind: ContactKind = ContactKind.EMAIL, password: str = PASSWORD):
    return anna.flows.people.change_contact(anna.account, kind, text, password)


def confirm(anna: Anna, contact, code: str):
    return anna.flows.people.confirm_contact.by_code(anna.account_id, contact.id, code)


def refusal(do, *arguments: object) -> str:
    with pytest.raises(Refused) as refused:
        do(*arguments)
    return refused.value.code


@pytest.mark.parametrize(
    ("kind", "old", "new"), [(ContactKind.EMAIL, EMAIL, NEW), (ContactKind.PHONE, PHONE, NEW_PHONE)], ids=str
)
def test_the_old_contact_counts_until_the_new_one_is_proved(anna: Anna, post: Post, kind, old, new):
    contact = change(anna, new, kind)

    assert anna.contacts() == {EMAIL, PHONE}
    assert anna.can_sign_in(old) and not anna.can_sign_in(new)
    anna.flows.people.recover_password.begin(new, "", "ru", "", "")
    assert [message.to for message in post.all()].count(new) == 1

    confirm(anna, contact, post.last(new).code)

    assert anna.contacts() == {EMAIL, PHONE} - {old} | {new}
    assert anna.can_sign_in(new) and not anna.can_sign_in(old)


@pytest.mark.parametrize(
    ("kind", "old", "new"), [(ContactKind.EMAIL, EMAIL, NEW), (ContactKind.PHONE, PHONE, NEW_PHONE)], ids=str
)
def test_the_old_contact_is_told_at_the_beginning_and_at_the_end(anna: Anna, post: Post, kind, old, new):
    contact = change(anna, new, kind)
    [begun] = post.all(old)
    assert anna.notices() == [f"{kind}_change_begun"]

    confirm(anna, contact, post.last(new).code)

    [_, replaced] = post.all(old)
    assert len({begun.text, replaced.text}) == 2 and new not in begun.text + replaced.text
    assert f"{kind}_confirmed" in anna.notices()
    assert {"contact.confirmed", "contact.added"} <= set(anna.events())


def test_the_login_follows_the_email_until_an_own_one_is_chosen(anna: Anna, post: Post):
    confirm(anna, change(anna), post.last(NEW).code)
    assert (anna.account.login, anna.account.login_chosen) == (NEW, False)

    anna.flows.people.choose_login(anna.account_id, "anna.belova")
    confirm(anna, change(anna, EMAIL), post.last(EMAIL).code)
    assert anna.account.login == "anna.belova" and anna.can_sign_in("Anna.Belova")


def test_the_level_stays_and_its_history_tells_of_both(anna: Anna, post: Post, clock: StillClock):
    clock.move(days=1)
    contact = change(anna)
    confirm(anna, contact, post.last(NEW).code)

    history = anna.flows.evidence.of(anna.account_id)
    assert [(item.kind, item.reference, item.until) for item in history] == [
        (Kind.EMAIL, "test", clock.at),
        (Kind.EMAIL, contact.id, None),
    ]
    stands = standing(history, clock.at)
    assert stands is not None and (stands.level, stands.evidence.reference) == (Level.SIMPLIFIED, contact.id)


def test_the_letters_link_confirms_without_a_session_and_twice_is_once(anna: Anna, post: Post, city: City):
    confirmation = city.flows.people.confirm_contact
    change(anna)
    link = post.last(NEW).link

    assert confirmation.pointed(link).confirmed_at is None
    confirmation.by_link(link)
    confirmation.by_link(link)

    assert anna.events().count("contact.confirmed") == 1
    assert refusal(confirmation.by_link, "x" * 43) == "link.expired"


def test_naming_another_contact_voids_the_one_before(anna: Anna, post: Post, city: City):
    first = change(anna, "typo@example.ru")
    second = change(anna)

    assert [item.value for item in anna.flows.accounts.contacts("anna") if not item.confirmed_at] == [NEW]
    link = post.last("typo@example.ru").link
    assert refusal(city.flows.people.confirm_contact.by_link, link) == "link.expired"
    assert refusal(confirm, anna, first, post.last("typo@example.ru").code) == "link.expired"
    confirm(anna, second, post.last(NEW).code)


def test_naming_the_same_contact_again_sends_one_code(anna: Anna, post: Post):
    assert change(anna).id == change(anna, NEW.upper()).id
    assert len(post.all(NEW)) == 1


def test_an_email_of_somebody_else_is_told_to_its_owner_alone(anna: Anna, post: Post, city: City):
    boris = Anna.settled(city, "boris", NEW_PHONE)

    taken, free = change(anna, "boris@example.ru"), change(anna, NEW)

    assert (taken.kind, taken.masked) == (free.kind, "b•••@example.ru")
    letter = post.last("boris@example.ru")
    assert "учётная запись" in letter.text and not any(char.isdigit() for char in letter.text.partition("http")[0])
    assert boris.can_sign_in("boris@example.ru")


def test_of_two_accounts_that_want_one_email_the_first_to_prove_it_has_it(anna: Anna, post: Post, city: City):
    boris = Anna.settled(city, "boris", NEW_PHONE)
    change(anna), change(boris)
    links = [message.link for message in post.all(NEW)]

    city.flows.people.confirm_contact.by_link(links[1])

    assert refusal(city.flows.people.confirm_contact.by_link, links[0]) == "email.has_account"
    assert NEW in boris.contacts() and anna.contacts() == {EMAIL, PHONE}
    assert anna.can_sign_in() and anna.account.login == EMAIL


def test_a_phone_may_stand_in_a_family_and_is_no_login_then(anna: Anna, post: Post, city: City):
    boris = Anna.settled(city, "boris", NEW_PHONE)
    confirm(boris, change(boris, PHONE, ContactKind.PHONE), post.last(PHONE).code)

    assert PHONE in anna.contacts() & boris.contacts()
    assert not anna.can_sign_in(PHONE) and not boris.can_sign_in(PHONE)
    assert anna.can_sign_in(EMAIL)


@pytest.mark.parametrize(
    ("text", "password", "faults"),
    [
        ("", "", [("email", "email.missing"), ("present", "password.present_missing")]),
        ("anna", "wrong", [("email", "email.no_at"), ("present", "password.present_wrong")]),
        (EMAIL.upper(), PASSWORD, [("email", "contact.same")]),
    ],
)
def test_all_faults_come_at_once_and_change_nothing(anna: Anna, post: Post, text, password, faults):
    with pytest.raises(Faulty) as faulty:
        change(anna, text, password=password)

    assert [(fault.field, fault.code) for fault in faulty.value.faults] == faults
    assert post.all() == [] and anna.notices() == []


def test_codes_are_few_short_lived_and_sent_with_patience(anna: Anna, post: Post, clock: StillClock):
    contact, codes = change(anna), anna.flows.people.contact_codes
    assert [refusal(confirm, anna, contact, "x") for _ in range(6)] == ["code.wrong"] * 4 + ["code.void"] * 2
    assert refusal(codes.send, anna.account, contact) == "code.too_soon"
    clock.move(seconds=61)
    codes.send(anna.account, contact)
    clock.move(minutes=10)
    assert refusal(confirm, anna, contact, post.last(NEW).code) == "code.expired"

    for _ in range(3):
        codes.send(anna.account, contact)
        clock.move(seconds=61)
    assert refusal(codes.send, anna.account, contact) == "too_many"
    confirm(anna, contact, post.last(NEW).code)


def test_a_number_that_isnt_ones_own_cant_be_guessed_all_day(anna: Anna, clock: StillClock):
    contact, tries = change(anna, NEW_PHONE, ContactKind.PHONE), 0
    while tries < 100:
        code = refusal(confirm, anna, contact, "x")
        if code == "too_many_today":
            break
        tries += code in ("code.wrong", "code.void")
        if code == "code.void":
            clock.move(minutes=16)
            anna.flows.people.contact_codes.send(anna.account, contact)

    assert tries == 50


def test_nobody_floods_others_with_letters(anna: Anna, post: Post):
    with pytest.raises(TooMany):
        for number in range(20):
            change(anna, f"victim{number}@example.ru")

    assert len([message for message in post.all() if message.to.startswith("victim")]) == 10


def test_a_confirmed_phone_goes_by_the_password_and_is_told(anna: Anna, post: Post):
    phone, remove = anna.contact(ContactKind.PHONE), anna.flows.people.change_contact.remove
    assert refusal(remove, anna.account, phone.id, "wrong") == "password.present_wrong"
    assert PHONE in anna.contacts()

    remove(anna.account, phone.id, PASSWORD)

    assert anna.contacts() == {EMAIL} and not anna.can_sign_in(PHONE)
    assert [message.to for message in post.all()] == [EMAIL, PHONE]
    assert refusal(remove, anna.account, anna.contact(ContactKind.EMAIL).id, PASSWORD) == "contact.last_email"


def test_a_change_that_was_only_begun_is_dropped_without_a_word(anna: Anna, post: Post, city: City):
    contact = change(anna)
    link = post.last(NEW).link
    post.empty()

    anna.flows.people.change_contact.remove(anna.account, contact.id)

    assert post.all() == [] and refusal(city.flows.people.confirm_contact.by_link, link) == "link.expired"


def test_a_contact_flagged_outdated_is_confirmed_anew(anna: Anna, post: Post, clock: StillClock, city: City):
    city.flows.database.run(update(ContactRow).where(ContactRow.value == PHONE).values(outdated_at=clock.at))
    assert not anna.can_sign_in(PHONE)

    confirm(anna, change(anna, PHONE, ContactKind.PHONE), post.last(PHONE).code)

    assert anna.can_sign_in(PHONE)


def test_nobody_reaches_anothers_contact(anna: Anna, city: City):
    boris = Anna.settled(city, "boris", NEW_PHONE)
    contact = change(anna)

    assert refusal(confirm, boris, contact, "000000") == "link.expired"
    assert refusal(boris.flows.people.change_contact.remove, boris.account, contact.id, PASSWORD) == "contact.unknown"


def test_a_new_password_of_ones_own_voids_the_link_too(anna: Anna, post: Post, city: City, clock: StillClock):
    clock.move(minutes=1)
    change(anna)
    session = anna.signs_in()
    city.flows.people.change_password(anna.account, session.id, PASSWORD, ANOTHER_PASSWORD, ANOTHER_PASSWORD)

    assert refusal(city.flows.people.confirm_contact.by_link, post.last(NEW).link) == "link.expired"
