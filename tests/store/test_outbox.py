"""The outbox: leased, tried again later, done once; its content is forgotten as soon as it has left."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from idp.store.outbox import Outbox
from idp.store.tables.records import OutboxRow

LEASE = timedelta(seconds=60)


@pytest.fixture
def outbox(database, clock):
    return Outbox(database, clock)


def payloads(database):
    return [row.payload for row in database.rows(select(OutboxRow.payload))]


def test_a_leased_parcel_is_nobody_elses_until_the_lease_ends(outbox, clock):
    parcel_id = outbox.add("email", {"to": "a"}, "anna", "r-1")

    (first,) = outbox.due(["email"], 10, LEASE)
    assert (first.id, first.payload, first.account_id, first.reference) == (parcel_id, {"to": "a"}, "anna", "r-1")
    assert (first.attempts, first.created_at) == (1, clock())
    assert outbox.due(["email"], 10, LEASE) == []
    clock.move(seconds=60)
    assert [parcel.attempts for parcel in outbox.due(["email"], 10, LEASE)] == [2]


def test_each_channel_is_taken_by_itself_the_longest_due_first(outbox, clock):
    late, early = outbox.add("email", {}, after=timedelta(seconds=5)), outbox.add("email", {})
    outbox.add("sms", {})
    assert [parcel.id for parcel in outbox.due(["email"], 10, LEASE)] == [early]
    clock.move(seconds=5)
    assert [parcel.id for parcel in outbox.due(["email"], 10, LEASE)] == [late]
    assert len(outbox.due(["sms", "logout"], 10, LEASE)) == 1


def test_what_could_not_leave_is_due_again_after_its_pause(outbox, clock):
    parcel_id = outbox.add("email", {"to": "a"})
    outbox.due(["email"], 1, LEASE)
    outbox.again(parcel_id, "no answer", timedelta(seconds=4))

    clock.move(seconds=3)
    assert outbox.due(["email"], 1, LEASE) == []
    clock.move(seconds=1)
    assert [parcel.attempts for parcel in outbox.due(["email"], 1, LEASE)] == [2]


@pytest.mark.parametrize("end", [Outbox.done, lambda outbox, parcel_id: outbox.failed(parcel_id, "refused")])
def test_what_has_left_or_failed_is_done_and_forgotten(outbox, database, clock, end):
    parcel_id = outbox.add("email", {"to": "a"})
    outbox.due(["email"], 1, LEASE)
    end(outbox, parcel_id)

    clock.move(days=1)
    assert outbox.due(["email"], 1, LEASE) == []
    assert payloads(database) == [{}]
    assert outbox.sweep(timedelta(days=2)) == 0
    assert outbox.sweep(timedelta(hours=23)) == 1


def test_what_is_not_to_be_sent_costs_the_same_row(outbox, database, clock):
    outbox.add("email", {"to": "a"}, sendable=False)

    assert (outbox.due(["email"], 1, LEASE), payloads(database)) == ([], [{}])


def test_a_closed_accounts_letters_are_dropped_and_its_logout_tokens_go(outbox):
    for channel in ("email", "sms", "logout"):
        outbox.add(channel, {}, "anna")
    outbox.add("email", {}, "boris")

    assert outbox.drop_of("anna") == 2
    assert {parcel.channel for parcel in outbox.due(["email", "sms", "logout"], 9, LEASE)} == {"email", "logout"}
