"""Deletion (Q-20, SIM-24): portals are told, names are free again, ``sub`` never; nothing personal is left."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from idp.accounts.consent import ConsentKind, Sharing
from idp.accounts.contacts import ContactKind
from idp.assurance.levels import standing
from idp.flows.account.registration_form import RegistrationForm
from idp.flows.clean_up import CleanUp
from idp.flows.deliver import Deliver
from idp.flows.login.finish import Attempt
from idp.flows.logout import Result
from idp.flows.tell_again import TellAgain
from idp.kernel.ids import digest, new_id
from idp.kernel.refusal import Refused
from idp.notifications.message import Message
from idp.store.contact_marks import ContactMarks
from idp.store.notices import Notices
from idp.store.outbox import Outbox
from idp.store.registrations import Registrations
from idp.store.repeats import Repeats
from idp.store.step_ups import StepUps
from idp.store.tables.records import OutboxRow
from tests.city import City
from tests.flows.account.people import EMAIL, PASSWORD, PHONE, Anna, Post

#: Words that stand nowhere else, so that a file that holds one holds something of this person.
FORM = RegistrationForm(
    family_name="Ращупкина",
    given_name="Евстолия",
    middle_name="Поликарповна",
    email="evstolia@primer.example.ru",
    phone="9168675309",
    password="Zelyony-kot-17",
    password2="Zelyony-kot-17",
    question="Где стояла голубятня?",
    answer="За гаражами",
    agreement=True,
    consents=frozenset({ConsentKind.CITY_NEWS}),
)
ADDRESS, AGENT = "203.0.113.77", "Vivaldi, Haiku"


@pytest.fixture
def line(city: City) -> "Line":
    line = Line()
    object.__setattr__(city.flows.people.end_sessions.tell, "post", line)
    return line


class Line:
    """The portals' side: who was told, and who answers."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.down: set[str] = set()

    def __call__(self, url: str, form: dict[str, str], timeout: float | None = None) -> int:
        if url in self.down:
            raise OSError("down")
        self.told.append(url)
        return 200


def register(city: City, post: Post) -> str:
    """Register, confirm the e-mail and the phone, as a newcomer does; return the account's id."""
    people = city.flows.people
    secret = people.register(FORM, "ru", ADDRESS, "", new_id())
    registration = people.registrations.by_secret(digest(secret), people.now())
    assert registration is not None
    confirmed = people.confirm_email.by_code(registration, post.last(FORM.email).code, "")
    account = people.accounts.get(confirmed.account_id)
    assert account is not None
    phone = next(item for item in people.accounts.contacts(account.id) if item.kind is ContactKind.PHONE)
    people.contact_codes.send(account, phone)
    people.confirm_contact.by_code(account.id, phone.id, post.last(f"+7{FORM.phone}").code)
    return account.id


def _attempt() -> Attempt:
    return Attempt(ADDRESS, AGENT)


def close(anna: Anna, password: str = PASSWORD) -> Any:
    return anna.flows.people.close_account(anna.account, password)


def clean_up(city: City) -> None:
    """Let the jobs run: letters leave, portals listen, what has expired goes."""
    flows = city.flows
    sent: list[Message] = []
    outbox = Outbox(flows.database, flows.now)
    notices, marks = Notices(flows.database, flows.now), ContactMarks(flows.database)
    carriers, lease = {"email": sent.append, "sms": sent.append}, timedelta(seconds=60)
    Deliver(outbox, notices, marks, flows.journal, carriers, 3, lease, flows.now)()
    TellAgain(outbox, flows.clients, flows.people.end_sessions.tell, 3, 5)()
    CleanUp(
        Registrations(flows.database),
        flows.short_lived,
        outbox,
        Repeats(flows.database),
        StepUps(flows.database),
        flows.database,
        flows.now,
    )()


def held(folder: Path) -> Iterator[str]:
    """Tell which personal values the files of the store still hold, and where."""
    values = [FORM.family_name, FORM.given_name, FORM.middle_name, FORM.email, FORM.phone, FORM.question]
    values += ["evstolia.r", "novaya@primer.example.ru", "9268675309", "1951-02-03", ADDRESS, "Vivaldi"]
    for file in sorted(folder.glob("*.db*")):
        content = file.read_bytes()
        for value in values:
            if value.encode() in content or value.encode().lower() in content:
                yield f"{value} in {file.name}"


def test_nothing_personal_is_left_in_any_file(city: City, post: Post, line: Line, tmp_path: Path):
    account_id = register(city, post)
    anna = Anna(city, account_id)
    people = city.flows.people
    city.client("our-city", backchannel_logout_uri="https://our.test/bc")
    session = people.password_login(FORM.email, FORM.password, _attempt()).session
    wish = {"userinfo": {"email": {"value": FORM.email}}}
    city.grant("our-city", account_id=account_id, session_id=session.id, claims_request=wish)
    people.sharings.give(Sharing(account_id, "our-city", frozenset({"email"}), frozenset(), city.flows.now()))
    people.choose_login(account_id, "evstolia.r")
    anna.column(birthdate=people.now().date().replace(year=1951, month=2, day=3))
    people.change_contact(anna.account, ContactKind.EMAIL, "novaya@primer.example.ru", FORM.password)
    people.change_contact(anna.account, ContactKind.PHONE, "9268675309", FORM.password)
    people.recover_password.begin(FORM.email, "", "ru", ADDRESS, "")
    people.recover_login(FORM.phone, "ru", ADDRESS)
    with pytest.raises(Refused):
        people.password_login(FORM.email, "wrong", _attempt())
    people.export(anna.account)
    # A letter to the address that was written before anybody was signed in.
    people.close_account.post.letter(FORM.email, "ru", "email_taken", {})
    city.flows.database.write_back()
    assert {found.partition(" in ")[0] for found in held(tmp_path)} >= {FORM.family_name, FORM.email, FORM.phone}

    people.close_account(anna.account, FORM.password)
    clean_up(city)

    assert list(held(tmp_path)) == []


def test_every_portal_is_told_also_those_that_outlived_their_session(anna: Anna, city: City, line: Line):
    for name in ("parking", "garage", "diary"):
        city.client(name, backchannel_logout_uri=f"https://{name}.test/bc")
    city.client("library")
    session = anna.signs_in()
    for name in ("parking", "garage", "library"):
        city.grant(name, session_id=session.id)
    offline = city.grant("diary", session_id="long ago", offline=True)
    line.down.add("https://garage.test/bc")

    told = {one.client.client_id: one.result for one in close(anna)}

    assert told == {
        "parking": Result.SIGNED_OUT,
        "diary": Result.SIGNED_OUT,
        "garage": Result.WILL_RETRY,
        "library": Result.NOT_TOLD,
    }
    assert city.flows.grants.get(offline.id).ended_at is not None
    line.down.clear()
    city.flows.people.now.move(minutes=5)
    clean_up(city)
    assert sorted(line.told) == [f"https://{name}.test/bc" for name in ("diary", "garage", "parking")]


def test_login_and_contacts_are_free_and_sub_never_returns(city: City, post: Post, line: Line):
    first = register(city, post)
    city.flows.people.choose_login(first, "evstolia.r")
    client = city.client("our-city", subject_type="pairwise").client
    people = city.flows.people
    people.close_account(people.accounts.get(first), FORM.password)
    city.flows.people.now.move(hours=1)

    second = register(city, post)

    assert city.flows.people.choose_login(second, "evstolia.r") == "evstolia.r"
    assert second != first and city.flows.subjects.of(client, second) != city.flows.subjects.of(client, first)
    tombstone = people.accounts.get(first)
    assert tombstone is not None and (tombstone.login, tombstone.name.full, tombstone.password_hash) == ("", "", "")


def test_tokens_are_dead_and_nobody_signs_in_any_more(anna: Anna, city: City, line: Line):
    city.client("parking")
    session = anna.signs_in()
    tokens = city.exchange(city.code(city.grant(session_id=session.id))).json

    close(anna)

    assert city.userinfo(tokens["access_token"]).status == 401
    assert city.refresh(tokens["refresh_token"]).json["error"] == "invalid_grant"
    assert not anna.can_sign_in() and not anna.can_sign_in(PHONE)
    assert anna.flows.people.sessions.get(session.id).ended_at is not None
    assert standing(anna.flows.evidence.of("anna"), anna.flows.now()) is None


def test_the_last_letter_says_so_and_waiting_ones_are_dropped(anna: Anna, city: City, post: Post, line: Line):
    anna.flows.people.change_contact(anna.account, ContactKind.PHONE, "9997654321", PASSWORD)
    assert len(post.all()) == 3

    close(anna)

    [last] = post.all()
    assert (last.to, "удалена" in last.text) == (EMAIL, True)
    city.person("boris")
    assert city.flows.accounts.get("boris") is not None


def test_others_messages_stay(anna: Anna, city: City, post: Post, line: Line):
    boris = Anna.settled(city, "boris", PHONE)
    boris.flows.people.recover_password.begin("boris@example.ru", "", "ru", "", "")

    close(anna)

    assert {message.to for message in post.all()} == {EMAIL, "boris@example.ru"}
    assert boris.can_sign_in(PHONE)


def test_it_takes_the_password(anna: Anna, line: Line):
    with pytest.raises(Refused) as refused:
        close(anna, "wrong")
    assert refused.value.code == "password.present_wrong" and anna.can_sign_in()


def test_full_access_ends_at_a_centre(anna: Anna, city: City, line: Line):
    city.prove("visit")
    with pytest.raises(Refused) as refused:
        close(anna)
    assert refused.value.code == "close.at_centre" and anna.can_sign_in()


def test_a_second_press_does_nothing_more(anna: Anna, city: City, post: Post, line: Line):
    account = anna.account
    close(anna)
    object.__setattr__(city.flows.people.close_account, "require", lambda *_: None)

    assert city.flows.people.close_account(account, PASSWORD) == []
    letters = select(OutboxRow.id).where(OutboxRow.channel == "email", OutboxRow.done_at.is_(None))
    assert len(city.flows.database.rows(letters)) == 1


def test_the_journal_keeps_that_it_happened(anna: Anna, line: Line):
    close(anna)
    assert anna.events()[0] in ("account.closed", "session.all_ended") and "account.closed" in anna.events()
    assert all(not entry.event.address for entry in anna.flows.journal.of("anna"))
