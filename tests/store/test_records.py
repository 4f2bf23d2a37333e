"""Consents, notices and the journal: added, told in order, forgotten with the account."""

import pytest

from idp.accounts.consent import Consent, ConsentKind
from idp.journal.events import Event
from idp.store.consents import Consents
from idp.store.journal import Journal, Line
from idp.store.notices import Notices


@pytest.fixture
def words(clock):
    def said(given, kind=ConsentKind.CITY_NEWS):
        clock.move(seconds=1)
        return Consent(kind, given, clock(), "2026-11-01")

    return said


def test_every_word_stays_and_the_latest_counts(database, anna, words):
    consents = Consents(database)
    said = [words(True), words(False), words(True, ConsentKind.SERVICE_USE)]
    for consent in said:
        consents.add("anna", consent)

    assert consents.history("anna") == said
    assert consents.latest("anna") == {ConsentKind.CITY_NEWS: said[1], ConsentKind.SERVICE_USE: said[2]}
    consents.drop_of("anna")
    assert consents.history("anna") == []


def test_notices_are_told_newest_first_and_read_once(database, anna, clock):
    notices = Notices(database, clock)
    for kind in ("first", "second", "third"):
        notices.add("anna", kind, {"контакт": "a@…"})
        clock.move(seconds=1)
    notices.add("boris", "his", {})

    assert [notice.kind for notice in notices.of("anna", most=2)] == ["third", "second"]
    assert [notice.kind for notice in notices.of("anna", most=2, skip=2)] == ["first"]
    assert (notices.of("anna")[0].params, notices.unread("anna")) == ({"контакт": "a@…"}, 3)
    notices.read("anna")
    assert (notices.unread("anna"), notices.unread("boris")) == (0, 1)
    notices.drop_of("anna")
    assert notices.of("anna") == []


def test_the_journal_keeps_each_line_and_forgets_addresses_only(database, clock):
    journal = Journal(database, clock)
    first = Event("session.started", "anna", "anna", "parking", "192.0.2.1", {"amr": ["pwd"]})
    journal.record(first)
    clock.move(seconds=1)
    journal.record(Event("grant.opened", "anna"))
    journal.record(Event("grant.opened", "boris"))

    lines = journal.of("anna")
    assert [line.event.kind for line in lines] == ["grant.opened", "session.started"]
    assert lines[1].event == first
    assert journal.of("anna", most=1) == [Line(clock(), Event("grant.opened", "anna"))]
    journal.forget_places("anna")
    assert journal.of("anna")[1].event.address == ""
