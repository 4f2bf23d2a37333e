"""Who these tests are about: Anna, anybody else, and what was put into the outbox for them."""

import re
from dataclasses import dataclass

from sqlalchemy import literal_column, select, update

from idp.accounts.account import Account
from idp.accounts.contacts import Contact, ContactKind
from idp.accounts.password import normal_answer
from idp.accounts.session import Session
from idp.flows.login.finish import Attempt
from idp.kernel.refusal import Refused
from idp.store.credentials import Credentials
from idp.store.tables.accounts import AccountRow, ContactRow
from idp.store.tables.records import OutboxRow
from idp.wiring import Flows
from tests.city import City

PASSWORD = "Anna-gorod-2026"
EMAIL, PHONE = "anna@example.ru", "+79001234567"
ANOTHER_PASSWORD = "Sirenevy-sad-26"


@dataclass
class Anna:
    city: City
    account_id: str = "anna"

    @classmethod
    def settled(cls, city: City, account_id: str = "anna", phone: str = PHONE) -> "Anna":
        hashed = city.flows.hasher.make(PASSWORD)
        city.person(account_id, password_hash=hashed)
        city.flows.database.run(
            update(ContactRow)
            .where(ContactRow.account_id == account_id, ContactRow.kind == "phone")
            .values(value=phone)
        )
        return cls(city, account_id)

    @property
    def flows(self) -> Flows:
        return self.city.flows

    @property
    def account(self) -> Account:
        found = self.flows.accounts.get(self.account_id)
        assert found is not None
        return found

    def contact(self, kind: ContactKind, confirmed: bool = True) -> Contact:
        return next(
            item
            for item in self.flows.accounts.contacts(self.account_id)
            if item.kind is kind and (item.confirmed_at is not None) == confirmed
        )

    def contacts(self) -> set[str]:
        return {item.value for item in self.flows.accounts.contacts(self.account_id) if item.current}

    def asks(self, question: str, answer: str) -> None:
        hashed = self.flows.hasher.make(normal_answer(answer))
        Credentials(self.flows.database).set_question(self.account_id, question, hashed)

    def signs_in(self, name: str = EMAIL, password: str = PASSWORD) -> Session:
        return self.flows.people.password_login(name, password, Attempt("192.0.2.7", "Firefox, Windows")).session

    def can_sign_in(self, name: str = EMAIL, password: str = PASSWORD) -> bool:
        try:
            return self.signs_in(name, password).account_id == self.account_id
        except Refused as refused:
            assert refused.code == "sign_in.wrong"
            return False

    def notices(self) -> list[str]:
        return [notice.kind for notice in self.flows.people.notices.of(self.account_id)]

    def events(self) -> list[str]:
        return [line.event.kind for line in self.flows.journal.of(self.account_id)]

    def column(self, **values: object) -> None:
        self.flows.database.run(update(AccountRow).where(AccountRow.id == self.account_id).values(**values))


@dataclass(frozen=True)
class Message:
    channel: str
    to: str
    subject: str
    text: str

    @property
    def code(self) -> str:
        found = re.search(r"(?<!\d)\d{6}(?!\d)", self.text)
        assert found, self.text
        return found.group()

    @property
    def link(self) -> str:
        """The secret of the letter's link."""
        found = re.search(r"token=(\S+)", self.text)
        assert found, self.text
        return found.group(1)


@dataclass
class Post:
    """The letters and texts that wait in the outbox, newest last."""

    flows: Flows

    def all(self, to: str = "") -> list[Message]:
        waiting = (
            select(OutboxRow.channel, OutboxRow.payload)
            .where(OutboxRow.done_at.is_(None), OutboxRow.channel.in_(("email", "sms")))
            .order_by(literal_column("rowid"))
        )
        found = [Message(row.channel, **row.payload) for row in self.flows.database.rows(waiting)]
        return [message for message in found if to in ("", message.to)]

    def last(self, to: str) -> Message:
        return self.all(to)[-1]

    def subjects(self, to: str) -> list[str]:
        return [message.subject for message in self.all(to)]

    def empty(self) -> None:
        """Everything so far has left."""
        self.flows.database.run(update(OutboxRow).values(done_at=self.flows.now(), payload={}))
