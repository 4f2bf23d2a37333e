"""Messages leave, are tried again, or are given up: told in the notices, and flagged at a contact that is no good."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from idp.accounts.contacts import ContactKind
from idp.flows.deliver import Deliver
from idp.notifications.message import Message, Undelivered
from idp.store.contact_marks import ContactMarks
from idp.store.outbox import Outbox, Passage
from idp.wiring.jobs import jobs
from tests.city import City
from tests.machines import city, key_folder

__all__ = ["city", "key_folder"]
ADDRESS = "anna@example.ru"


@dataclass
class Line:
    """A carrier that takes messages or says why not."""

    trouble: Undelivered | None = None
    taken: list[Message] = field(default_factory=list)
    meanwhile: Callable[[], object] | None = None

    def __call__(self, message: Message) -> None:
        if self.meanwhile is not None:
            act, self.meanwhile = self.meanwhile, None
            act()
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
    return Deliver(outbox, notices, marks, flows.journal, {"email": line}, 3, timedelta(seconds=120), flows.now)


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


def test_what_waits_behind_a_slow_message_is_sent_once_by_whoever_comes_first(city, deliver, line, clock):
    """Sending takes as long as it may; a second job that comes meanwhile sends the rest, and nothing twice."""
    for number in range(5):
        letter(deliver, reference=f"r-{number}")

    def another_job() -> None:
        clock.move(seconds=119)
        assert replace(deliver)() == 4

    line.meanwhile = another_job
    assert deliver() == 1

    assert len({message.id for message in line.taken}) == len(line.taken) == 5


def test_a_message_is_the_same_however_often_it_is_tried(city, deliver, line, clock):
    line.trouble = Undelivered("come back later")
    sent: list[Message] = []
    letter(deliver)
    for _ in range(2):
        line.meanwhile = None
        deliver.senders["email"] = lambda message: (sent.append(message), line(message))
        deliver()
        clock.move(hours=1)

    assert len(sent) == 2 and sent[0] == sent[1]


def test_a_dead_line_uses_no_tries_up_and_is_left_alone_for_longer_each_time(city, deliver, line, clock):
    line.trouble = Undelivered("ConnectionRefusedError", line=True)
    for number in range(3):
        letter(deliver, reference=f"r-{number}")

    tried = [deliver() for _ in range(2)]
    for seconds in (2, 4, 8, 16, 32, 60, 60, 60):
        clock.move(seconds=seconds - 1)
        tried.append(deliver())
        clock.move(seconds=1)
        tried.append(deliver())
    clock.move(hours=20)
    deliver()
    assert tried == [1, 0] + [0, 1] * 8 and told(city) == []

    line.trouble = None
    clock.move(seconds=60)
    assert deliver() == 3 and len(line.taken) == 3


def test_after_a_day_of_a_dead_line_the_person_is_told(city, deliver, line, clock):
    line.trouble = Undelivered("ConnectionRefusedError", line=True)
    letter(deliver)
    for _ in range(3):
        deliver()
        clock.move(hours=12)
    deliver()

    assert told(city) == ["undelivered"] and not flagged(city)


def test_what_is_refused_for_now_is_given_up_after_some_tries_and_holds_up_nobody(city, deliver, line, clock):
    line.trouble = Undelivered("recipient refused: 451")
    letter(deliver)
    letter(deliver, reference="r-2")

    tries = []
    for _ in range(4):
        tries.append(deliver())
        clock.move(minutes=1)

    assert tries == [2, 2, 2, 0] and told(city) == ["undelivered"] * 2


def test_each_channel_has_a_lane_of_its_own(city):
    lanes = [job.run for job in jobs(city.flows) if isinstance(job.run, Deliver)]

    assert sorted(channel for lane in lanes for channel in lane.senders) == ["email", "sms"]
    assert all(len(lane.senders) == 1 for lane in lanes)
    steps = 11 * city.flows.settings.limits.smtp_seconds
    assert all(lane.lease.total_seconds() >= 60 for lane in lanes)
    assert next(lane for lane in lanes if "email" in lane.senders).lease.total_seconds() > steps
