"""Recovery of a password: by confirmed contacts on record alone, told to everybody, silent to strangers (REC, D-04)."""

import pytest
from sqlalchemy import event, update

from idp.accounts.contacts import ContactKind
from idp.accounts.throttle import TooMany
from idp.kernel.ids import new_id
from idp.kernel.refusal import Faulty, Refused
from idp.store.tables.accounts import ContactRow
from tests.city import City
from tests.conftest import StillClock
from tests.flows.account.people import ANOTHER_PASSWORD, EMAIL, PHONE, Anna, Post

STRANGER, STRANGERS_PHONE = "nobody@example.ru", "+79990000000"


@pytest.fixture
def recover(city: City):
    return city.flows.people.recover_password


def begin(recover, contact: str = EMAIL, login: str = "") -> str:
    return recover.begin(contact, login, "ru", "192.0.2.9", new_id())


def refusal(do, *arguments: object) -> str:
    with pytest.raises(Refused) as refused:
        do(*arguments)
    return refused.value.code


def proved(recover, post: Post, contact: str = EMAIL) -> str:
    secret = begin(recover, contact)
    recover.prove(secret, post.last(contact).code)
    return secret


@pytest.mark.parametrize("contact", [EMAIL, PHONE])
def test_a_confirmed_contact_gives_a_new_password(anna: Anna, recover, post: Post, contact):
    secret = begin(recover, contact)
    assert post.all() == post.all(contact)

    recover.prove(secret, post.last(contact).code)
    recover.finish(secret, ANOTHER_PASSWORD, ANOTHER_PASSWORD, "")

    assert anna.can_sign_in(password=ANOTHER_PASSWORD)
    assert not anna.can_sign_in()


def test_afterwards_all_sessions_and_grants_end_and_every_contact_is_told(anna: Anna, recover, post: Post, city: City):
    city.client("parking")
    sessions = [anna.signs_in(), anna.signs_in()]
    inside = city.grant(session_id=sessions[0].id, scope=frozenset({"openid"}))
    offline = city.grant(session_id="long ago", offline=True)
    secret = proved(recover, post)
    post.empty()

    recover.finish(secret, ANOTHER_PASSWORD, ANOTHER_PASSWORD, "")

    assert all(city.flows.people.sessions.get(session.id).ended_at for session in sessions)
    assert all(city.flows.grants.get(grant.id).ended_at for grant in (inside, offline))
    assert {message.to for message in post.all()} == {EMAIL, PHONE}
    assert "password_recovered" in anna.notices() and "password.recovered" in anna.events()


@pytest.mark.parametrize(
    "spoil",
    [{"confirmed_at": None}, {"outdated_at": StillClock().at}],
    ids=["never confirmed", "no longer current"],
)
def test_a_contact_that_isnt_confirmed_and_current_recovers_nothing(anna: Anna, recover, post: Post, city: City, spoil):
    city.flows.database.run(update(ContactRow).where(ContactRow.value == EMAIL).values(**spoil))

    secret = begin(recover)
    city.flows.people.recover_login(EMAIL, "ru", "192.0.2.9")

    assert post.all() == []
    assert refusal(recover.prove, secret, "000000") == "code.wrong"


def test_a_stranger_is_answered_like_somebody(anna: Anna, recover, city: City):
    """The same refusals in the same order, the same number of statements: nothing to tell them apart by."""

    def statements(do, *arguments: object) -> tuple[object, int]:
        number = 0

        def count(*_: object) -> None:
            nonlocal number
            number += 1

        event.listen(city.flows.database.engine, "before_cursor_execute", count)
        try:
            answered = do(*arguments)
        except Refused as refused:
            answered = (refused.code, refused.params)
        finally:
            event.remove(city.flows.database.engine, "before_cursor_execute", count)
        return answered, number

    def walk(contact: str) -> list[object]:
        secret, first = statements(begin, recover, contact)
        state = recover.state(secret)
        city.flows.people.now.move(minutes=2)
        _, again = statements(recover.again, secret, "ru")
        wrong = [statements(recover.prove, secret, "x") for _ in range(7)]
        reminded = statements(city.flows.people.recover_login, contact, "ru", "192.0.2.9")
        return [first, state.until, state.again_at, state.proved, state.question, again, wrong, reminded]

    known = walk(EMAIL), walk(PHONE)
    city.flows.people.now.at = StillClock().at
    assert (walk(STRANGER), walk(STRANGERS_PHONE)) == known


def test_a_familys_phone_needs_the_login_too(anna: Anna, recover, post: Post, city: City):
    boris = Anna.settled(city, "boris")

    begin(recover, PHONE)
    assert "логин" in post.last(PHONE).text and not any(char.isdigit() for char in post.last(PHONE).text)
    sent = len(post.all())
    begin(recover, PHONE, "someone-else")
    assert len(post.all()) == sent

    secret = begin(recover, PHONE, " BORIS@example.ru ")
    recover.prove(secret, post.last(PHONE).code)
    assert recover.finish(secret, ANOTHER_PASSWORD, ANOTHER_PASSWORD, "").id == "boris"
    assert boris.can_sign_in("boris@example.ru", ANOTHER_PASSWORD) and anna.can_sign_in()


def test_the_control_question_is_asked_beside_the_code_never_instead(anna: Anna, recover, post: Post):
    anna.asks("Кличка собаки?", "Тузик Ёжикович")
    secret = begin(recover)
    assert recover.state(secret).question == ""
    assert refusal(recover.finish, secret, ANOTHER_PASSWORD, ANOTHER_PASSWORD, "Тузик Ёжикович") == "recovery.expired"

    recover.prove(secret, post.last(EMAIL).code)

    assert recover.state(secret).question == "Кличка собаки?"
    with pytest.raises(Faulty) as faulty:
        recover.finish(secret, "short", "short", "Шарик")
    assert [(fault.field, fault.code) for fault in faulty.value.faults] == [
        ("answer", "answer.wrong"),
        ("password", "password.too_short"),
    ]
    recover.finish(secret, ANOTHER_PASSWORD, ANOTHER_PASSWORD, "  тузик   ежикович")
    assert anna.can_sign_in(password=ANOTHER_PASSWORD)


def test_wrong_answers_are_few_and_right_ones_cost_nothing(anna: Anna, recover, post: Post, clock: StillClock):
    anna.asks("Кличка собаки?", "Тузик")
    secret = proved(recover, post)
    for _ in range(20):
        with pytest.raises(Faulty):
            recover.finish(secret, "weak", "weak", "тузик")

    refused = [refusal(recover.finish, secret, ANOTHER_PASSWORD, ANOTHER_PASSWORD, "Шарик") for _ in range(5)]

    assert refused == ["recovery.faulty"] * 4 + ["answer.void"]
    assert refusal(recover.finish, secret, ANOTHER_PASSWORD, ANOTHER_PASSWORD, "Тузик") == "answer.void"
    assert refusal(recover.finish, proved(recover, post), ANOTHER_PASSWORD, ANOTHER_PASSWORD, "Тузик") == "answer.void"
    assert anna.can_sign_in() and anna.events().count("recovery.wrong_answer") == 5


def test_a_code_stands_few_tries_and_a_new_one_makes_the_old_void(anna: Anna, recover, post: Post, clock: StillClock):
    secret = begin(recover)
    first = post.last(EMAIL).code
    wrong = "000000" if first != "000000" else "111111"
    assert [refusal(recover.prove, secret, wrong) for _ in range(5)] == ["code.wrong"] * 4 + ["code.void"]
    assert refusal(recover.prove, secret, first) == "code.void"

    assert refusal(recover.again, secret, "ru") == "code.too_soon"
    clock.move(seconds=61)
    recover.again(secret, "ru")
    second = post.last(EMAIL).code
    if first != second:
        assert refusal(recover.prove, secret, first) == "code.wrong"
    recover.prove(secret, second)
    assert recover.state(secret).proved


def test_a_code_lives_ten_minutes(anna: Anna, recover, post: Post, clock: StillClock):
    secret = begin(recover)
    clock.move(minutes=10)

    assert refusal(recover.prove, secret, post.last(EMAIL).code) == "code.expired"


def test_codes_of_one_contact_cant_be_guessed_all_day(anna: Anna, recover, post: Post, clock: StillClock):
    tries = 0
    with pytest.raises(TooMany) as refused:
        while tries < 1000:
            secret = begin(recover)
            for _ in range(5):
                tries += 1
                with pytest.raises(Refused) as wrong:
                    recover.prove(secret, "x")
                if isinstance(wrong.value, TooMany):
                    raise wrong.value
            clock.move(minutes=16)

    assert (refused.value.code, tries) == ("too_many_today", 51)
    assert refusal(recover.prove, begin(recover), post.last(EMAIL).code) == "too_many_today"
    assert anna.can_sign_in()
    clock.move(hours=24)
    proved(recover, post)


def test_one_recovery_gives_one_password(anna: Anna, recover, post: Post):
    secret = begin(recover)
    code = post.last(EMAIL).code
    recover.prove(secret, code)
    recover.prove(secret, code)
    recover.finish(secret, ANOTHER_PASSWORD, ANOTHER_PASSWORD, "")

    assert refusal(recover.finish, secret, "Another-one-77", "Another-one-77", "") == "recovery.expired"
    assert refusal(recover.prove, secret, code) == "recovery.expired"
    assert refusal(recover.state, "") == "recovery.expired"
    assert anna.can_sign_in(password=ANOTHER_PASSWORD)


def test_whoever_recovered_need_not_wait_with_any_name(anna: Anna, recover, post: Post):
    for name in (EMAIL, PHONE):
        for _ in range(11):
            with pytest.raises(Refused):
                anna.signs_in(name, "wrong")

    recover.finish(proved(recover, post), ANOTHER_PASSWORD, ANOTHER_PASSWORD, "")

    assert anna.can_sign_in(EMAIL, ANOTHER_PASSWORD) and anna.can_sign_in(PHONE, ANOTHER_PASSWORD)


def test_a_contact_that_was_replaced_meanwhile_recovers_nothing_any_more(anna: Anna, recover, post: Post):
    secret = proved(recover, post, PHONE)
    anna.flows.accounts.drop_contact(anna.account_id, anna.contact(ContactKind.PHONE).id)

    assert refusal(recover.finish, secret, ANOTHER_PASSWORD, ANOTHER_PASSWORD, "") == "recovery.expired"


def test_a_closed_account_isnt_recovered(anna: Anna, recover, post: Post):
    secret = proved(recover, post)
    anna.flows.accounts.close(anna.account_id, anna.flows.now())

    assert refusal(recover.finish, secret, ANOTHER_PASSWORD, ANOTHER_PASSWORD, "") == "recovery.expired"
    post.empty()
    begin(recover)
    assert post.all() == []


def test_a_new_password_voids_links_of_changes_that_were_begun_with_the_old(anna: Anna, recover, post: Post):
    """Whoever stole the password may have named an e-mail of theirs: the letter's link needs no session."""
    mine = "thief@example.ru"
    anna.flows.people.change_contact(anna.account, ContactKind.EMAIL, mine, "Anna-gorod-2026")
    link = post.last(mine).link
    assert anna.flows.people.confirm_contact.pointed(link).value == mine

    recover.finish(proved(recover, post), ANOTHER_PASSWORD, ANOTHER_PASSWORD, "")

    assert refusal(anna.flows.people.confirm_contact.by_link, link) == "link.expired"
    assert EMAIL in anna.contacts()


@pytest.mark.parametrize(
    ("typed", "code"),
    [("", "recovery.contact_missing"), ("anna", "recovery.not_a_contact"), ("anna@", "recovery.not_a_contact")],
)
def test_only_contacts_recover(anna: Anna, recover, city: City, typed, code):
    assert refusal(begin, recover, typed) == code
    assert refusal(city.flows.people.recover_login, typed, "ru", "192.0.2.9") == code


def test_asking_is_limited_by_contact_and_by_address(anna: Anna, recover, post: Post, city: City):
    for _ in range(5):
        begin(recover)
    with pytest.raises(TooMany):
        begin(recover)
    with pytest.raises(TooMany):
        for number in range(40):
            begin(recover, f"someone{number}@example.ru")


def test_the_login_goes_to_the_contact(anna: Anna, post: Post, city: City):
    anna.column(login="anna.belova", login_key="anna.belova", login_chosen=True)

    city.flows.people.recover_login(EMAIL, "ru", "192.0.2.9")
    city.flows.people.recover_login("8 900 123-45-67", "ru", "192.0.2.9")

    assert [message.to for message in post.all() if "anna.belova" in message.text] == [EMAIL, PHONE]
