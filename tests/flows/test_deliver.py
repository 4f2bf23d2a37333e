"""Messages leave, are tried again, or are given up: told in the notices, and flagged at a contact that is no good."""

from dataclasses import dataclass, field

import pytest

from idp.accounts.contacts import ContactKind
from idp.flows.deliver import Deliver
from idp.notifications.message import Message, Undelivered
from idp.store.contact_marks import ContactMarks
from idp.store.outbox import Outbox, Passage
from tests.city import City
from tests.machines import city, key_folder

__all__ = ["city", "key_folder"]
ADDRESS = "anna@example.ru"


@dataclass
class Line:
    """A carrier that takes messages or says why not."""

    trouble: Undelivered | None = None
    taken: list[Message] = field(default_factory=list)

    def __call__(self, message: Message) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.taken.append(message)


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def deliver(city: City, line: Line) -> Deliver:
    city.person("anna")
    flows, notices = city.flows, city.flows.people.notices
    outbox, marks = Outbox(flows.database, flows.now), ContactMarks(flows.database)
    return Deliver(outbox, notices, marks, flows.journal, {"email": line}, 3, flows.now)


def letter(deliver: Deliver, account_id: str = "anna", reference: str = "r-1") -> None:
    deliver.outbox.add("email", {"to": ADDRESS, "subject": "-", "text": "-"}, account_id, reference)


def flagged(city: City) -> bool:
    contacts = city.flows.accounts.contacts("anna")
    return next(item for item in contacts if item.kind is ContactKind.EMAIL).undeliverable_at is not None


def told(city: City) -> list[str]:
    return [notice.kind for notice in city.flows.people.notices.of("anna")]


def test_an_address_at_which_nobody_is_is_flagged_once_told_and_journalled(city, deliver, line):
    line.trouble = Undelivered("recipient refused: 550", nobody_there=True)
    for _ in range(2):
        letter(deliver)
        assert deliver() == 1

    assert flagged(city) and told(city) == ["undelivered", "undelivered"]
    assert [item.event.kind for item in city.flows.journal.of("anna")] == ["contact.undeliverable"]
    assert deliver.outbox.passage("r-1") is Passage.LOST


def test_the_flag_goes_as_soon_as_something_is_taken_there(city, deliver, line):
    line.trouble = Undelivered("recipient refused: 550", nobody_there=True)
    letter(deliver)
    deliver()
    line.trouble = None
    letter(deliver, reference="r-2")
    deliver()

    assert not flagged(city) and len(line.taken) == 1
    assert deliver.outbox.passage("r-2") is Passage.LEFT


def test_a_server_that_is_down_costs_a_delay_and_says_nothing_of_the_address(city, deliver, line):
    line.trouble = Undelivered("ConnectionRefusedError")
    letter(deliver)
    assert deliver.outbox.passage("r-1") is Passage.UNDER_WAY
    deliver()

    assert deliver.outbox.passage("r-1") is Passage.DELAYED
    assert not flagged(city) and told(city) == []


def test_what_is_given_up_without_fault_of_the_address_is_told_but_flags_nothing(city, deliver, line):
    line.trouble = Undelivered("no gateway is set", permanent=True)
    letter(deliver)
    deliver()

    assert not flagged(city) and told(city) == ["undelivered"]


def test_a_letter_to_somebody_without_an_account_tells_nobody(city, deliver, line):
    line.trouble = Undelivered("recipient refused: 550", nobody_there=True)
    letter(deliver, account_id="")
    deliver()

    assert not flagged(city) and told(city) == []
