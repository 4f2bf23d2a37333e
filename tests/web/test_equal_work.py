"""Nobody learns whether a login, e-mail or phone is known: not from a page, and not from what the answer costs.

Time follows from work, and work can be counted: the same statements in the same order, the same operations of the
short-lived store, the same number of password hashes. Every walk is made twice, with a name that somebody has and with
one that nobody has; both browsers must be told the same, letter for letter.
"""

from collections.abc import Callable

import pytest
from sqlalchemy import update

from idp.accounts.password import normal_answer
from idp.store.credentials import Credentials
from idp.store.tables.accounts import AccountRow, ContactRow
from tests.city import PERSON, City
from tests.conftest import StillClock
from tests.visitor import PASSWORD, Visitor
from tests.web.equal import Told, Walker, Watch, differences

#: Names of Anna and names like them that nobody has: a mask shows the same of both.
LOGINS = ("anna.belova", "alla.belova")
EMAILS = ("anna@example.ru", "alla@example.ru")
PHONES = ("+79001234567", "+79990000067")
FAMILY = ("+79007654367", "+79990000067")
KINDS = [LOGINS, EMAILS, PHONES, FAMILY]
#: A code that is sent to nobody but once in a million.
WRONG = "000000"
NAMES = [pytest.param(*pair, id=word) for pair, word in zip(KINDS, ("login", "email", "phone", "family"), strict=True)]


@pytest.fixture
def watch(town: City, monkeypatch: pytest.MonkeyPatch) -> Watch:
    """Anna has a login, an e-mail and a phone of her own; Boris and Vera share theirs."""
    flows = town.flows
    hashed = flows.hasher.make(PASSWORD)
    for person in ("boris", "vera"):
        town.person(person, password_hash=hashed)
        mine = (ContactRow.account_id == person, ContactRow.kind == "phone")
        flows.database.run(update(ContactRow).where(*mine).values(value=FAMILY[0]))
    values = {"login": LOGINS[0], "login_key": LOGINS[0], "login_chosen": True, "password_hash": hashed}
    flows.database.run(update(AccountRow).where(AccountRow.id == PERSON).values(**values))
    return Watch(town, monkeypatch)


@pytest.fixture
def both(watch: Watch, clock: StillClock):
    """Let a walk be made with each of two names, at the same moment; return what both were told."""

    def walk(steps: Callable[[Walker, str], None], *names: str, **typed: str) -> list[list[Told]]:
        began, told = clock.at, []
        for name in names:
            clock.at = began
            walker = Walker(watch, Visitor(watch.city.flows), {"name": name, **typed})
            steps(walker, name)
            told.append(walker.told)
        return told

    return walk


def signs_in(walker: Walker, name: str, tries: int = 12) -> None:
    walker.open("/sign-in")
    for _ in range(tries):
        walker.press("/sign-in", login=name, password="wrong")
        if walker.at.status_code == 303:
            walker.follow()
            walker.open("/sign-in")


@pytest.mark.parametrize(("known", "unknown"), NAMES)
def test_a_wrong_password_and_a_name_that_nobody_has(both, known, unknown):
    wrong, nobody = both(signs_in, known, unknown)

    assert not differences(wrong, nobody)
    hashes = [told.work.hashes for told in wrong]
    assert hashes == [0] + [1] * 10 + [0] * 2
    assert [told.status for told in wrong] == [200] + [400] * 9 + [429] * 3


def test_the_right_password_of_an_account_that_must_wait(watch, both):
    """Its bucket is full by tries with other names: nothing tells it from a name that nobody has."""

    def walk(walker: Walker, name: str) -> None:
        walker.open("/sign-in")
        for _ in range(4):
            walker.press("/sign-in", login=name, password=PASSWORD)

    both(signs_in, LOGINS[0])
    waits, nobody = both(walk, *EMAILS)

    assert not differences(waits, nobody)
    assert [told.work.hashes for told in waits] == [0, 1, 1, 1, 1]


def test_the_right_password_costs_one_hash_too(watch, both):
    def walk(walker: Walker, name: str) -> None:
        walker.open("/sign-in")
        walker.press("/sign-in", login=name, password=PASSWORD)

    for name in (LOGINS[0], EMAILS[0], PHONES[0]):
        [told] = both(walk, name)
        assert told[-1].status == 303 and told[-1].work.hashes == 1


@pytest.mark.parametrize(
    "spoil", [{"confirmed_at": None}, {"outdated_at": StillClock().at}], ids=["never confirmed", "no longer current"]
)
@pytest.mark.parametrize(("known", "unknown"), [EMAILS, PHONES], ids=["email", "phone"])
def test_contacts_that_stand_but_dont_count(watch, both, spoil, known, unknown):
    watch.city.flows.database.run(update(ContactRow).where(ContactRow.value == known).values(**spoil))

    for steps in (signs_in, reminds, recovers):
        somebody, nobody = both(steps, known, unknown)
        assert not differences(somebody, nobody)


def test_somebody_who_is_gone(watch, both):
    watch.city.flows.accounts.close(PERSON, watch.city.flows.now())

    for steps in (signs_in, reminds, recovers):
        somebody, nobody = both(steps, *EMAILS)
        assert not differences(somebody, nobody)


def reminds(walker: Walker, name: str) -> None:
    walker.open("/recovery/login")
    for _ in range(7):
        walker.press("/recovery/login", contact=name)
        if walker.at.status_code == 303:
            walker.follow()
        walker.open("/recovery/login")


def recovers(walker: Walker, name: str, login: str = "") -> None:
    """Begin, type wrong codes till they are void, ask too soon, ask again, type some more."""
    clock: StillClock = walker.watch.city.flows.now  # type: ignore[assignment]
    walker.open("/recovery/password")
    walker.press("/recovery/password", contact=name, login=login)
    walker.follow()
    for _ in range(7):
        walker.press("/recovery/code", code=WRONG)
    walker.press("/recovery/code/again")
    clock.move(seconds=61)
    walker.open("/recovery/code")
    walker.press("/recovery/code/again")
    walker.follow()
    walker.press("/recovery/code", code=WRONG)
    clock.move(minutes=10)
    walker.press("/recovery/code", code=WRONG)
    walker.open("/recovery/new-password")
    clock.move(minutes=30)
    walker.open("/recovery/code")


@pytest.mark.parametrize(("known", "unknown"), NAMES[1:])
def test_a_forgotten_login(both, known, unknown):
    somebody, nobody = both(reminds, known, unknown)

    assert not differences(somebody, nobody)
    assert {told.work.hashes for told in somebody} == {0}


@pytest.mark.parametrize("login", ["", "boris@example.ru", "vera@example.ru", "anna.belova", "nobody"])
@pytest.mark.parametrize(("known", "unknown"), NAMES[1:])
def test_a_forgotten_password(both, known, unknown, login):
    somebody, nobody = both(lambda walker, name: recovers(walker, name, login), known, unknown)

    assert not differences(somebody, nobody)
    assert {told.work.hashes for told in somebody} == {0}
    assert [told.status for told in somebody][-1] == 410


def test_a_control_question_isnt_told_before_the_code(watch, both):
    hashed = watch.city.flows.hasher.make(normal_answer("Тузик"))
    Credentials(watch.city.flows.database).set_question(PERSON, "Кличка собаки?", hashed)

    somebody, nobody = both(recovers, *EMAILS)

    assert not differences(somebody, nobody) and "собак" not in str(somebody)


def registers(walker: Walker, email: str, phone: str = "", question: str = "") -> None:
    """Register, wait for the letter, mistype its code, ask for another, sign in meanwhile from here and elsewhere."""
    clock: StillClock = walker.watch.city.flows.now  # type: ignore[assignment]
    walker.open("/sign-up")
    secret = "Sirenevy-sad-26"
    walker.press(
        "/sign-up",
        family_name="Белова",
        given_name="Мария",
        email=email,
        phone=phone or "+79005550011",
        password=secret,
        password2=secret,
        question=question,
        answer="Тузик" if question else "",
        agreement="yes",
    )
    walker.follow()
    for _ in range(7):
        walker.press("/sign-up/email", code=WRONG)
    clock.move(seconds=61)
    walker.press("/sign-up/email/again", email=email)
    walker.follow()
    walker.press("/sign-up/email", code=WRONG)
    signs_in(walker, email, tries=2)
    walker.browser = walker.browser.another()
    signs_in(walker, email, tries=2)


@pytest.mark.parametrize("question", ["", "Кличка собаки?"], ids=["without a question", "with a question"])
def test_registering_with_an_email_that_is_taken(both, question):
    taken, free = both(lambda walker, name: registers(walker, name, question=question), *EMAILS)

    assert not differences(taken, free)
    # The answer to the question is a secret of its own and hashed like one.
    assert taken[1].work.hashes == (2 if question else 1)


@pytest.mark.parametrize(("known", "unknown"), [PHONES, FAMILY], ids=["one person's", "a family's"])
def test_registering_with_a_phone_that_is_taken(both, known, unknown):
    def walk(walker: Walker, phone: str) -> None:
        registers(walker, f"maria{phone[1:]}@example.ru", phone)

    taken, free = both(walk, known, unknown, number=known[1:], other=unknown[1:])
    # The two forms name two free addresses, which the pages repeat: both are taken out.
    assert [_without_numbers(told) for told in taken] == [_without_numbers(told) for told in free]


def _without_numbers(told: Told) -> tuple[object, ...]:
    page = told.page
    for mark in ("[name]", "[number]", "[other]", PHONES[0][1:], FAMILY[0][1:], FAMILY[1][1:]):
        page = page.replace(mark, "")
    return told.status, page, told.work


def test_an_own_login_that_somebody_has_isnt_asked_for_at_registration(both):
    """D-02: logins are chosen by somebody signed in; a form that sends one is answered as if it hadn't."""

    def walk(walker: Walker, login: str) -> None:
        walker.open("/sign-up")
        secret = "Sirenevy-sad-26"
        typed = {"family_name": "Белова", "given_name": "Мария", "email": "maria@example.ru", "phone": "+79005550011"}
        walker.press("/sign-up", **typed, password=secret, password2=secret, agreement="yes", login=login)
        walker.follow()

    taken, free = both(walk, *LOGINS)
    assert not differences(taken, free)


def test_changing_to_an_email_that_is_taken(watch, both):
    """Somebody signed in learns it no more than anybody else: only the letter tells (D-02)."""
    flows = watch.city.flows

    def walk(walker: Walker, email: str) -> None:
        walker.browser.wears()
        walker.open("/me/contacts/email")
        walker.press("/me/contacts/email", email=email, present=PASSWORD)
        walker.typed["contact"] = contact = walker.at.headers["Location"].split("/")[3]
        walker.follow()
        for _ in range(7):
            walker.press(f"/me/contacts/{contact}/code", code=WRONG)
        anna = flows.accounts.get(PERSON)
        assert anna is not None
        flows.people.change_contact.remove(anna, contact)
        flows.people.notices.drop_of(PERSON)

    taken, free = both(walk, "vera@example.ru", "zoya@example.ru")

    # The answer that leads on names the new contact by its id, which the walk learns from it.
    assert not differences(taken[2:], free[2:])
    assert [(told.status, told.work) for told in taken[:2]] == [(told.status, told.work) for told in free[:2]]
