"""Lists by serial number: one read, small transactions, the old list until the new one is whole."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, insert

from idp.signature.certificate import Certificate, read_certificate
from idp.signature.crl import RevocationList, Scope, read_list
from idp.store.database import Database
from idp.store.list_sources import ListSources
from idp.store.revocation_lists import RevocationLists
from idp.store.tables.lists import RevocationListRow
from idp.store.trust_lists import TrustLists
from tests.conftest import StillClock
from tests.signature.certificates import Made, Wanted, certificate, crl, crl_entry, name, reason
from tests.signature.keys import Key
from tests.signature.test_revocation import issuing_point
from tests.signature.writer import GOST_256, STREEBOG_256, algorithm, bits, day, octets, oid, seq, tlv


def made(common_name: str) -> Made:
    """Return a centre whose signatures are no signatures: nobody checks them here."""
    spki = seq(algorithm("1.2.643.7.1.1.1.1", seq(oid("1.2.643.7.1.2.1.1.1"))), bits(octets(bytes(64))))
    key = Key("none", Path(), spki, algorithm(GOST_256), STREEBOG_256, "", lambda *_, **__: b"\1" * 64)
    return certificate(Wanted(name(("CN", common_name)), key, ()))


CENTRE, OTHER = made("УЦ"), made("Другой")
ISSUER, STRANGER = (read_certificate(item.der) for item in (CENTRE, OTHER))


def listing(
    *serials: int, by: Made = CENTRE, extensions: tuple[bytes, ...] = (), start: str = "2026-11-01"
) -> RevocationList:
    entries = (crl_entry(serial, reason(1)) for serial in serials)
    return read_list(crl(by, *entries, extensions=extensions, start=day(start)))


@pytest.fixture
def lists(database: Database, clock: StillClock) -> RevocationLists:
    return RevocationLists(database, clock, rest_seconds=0)


def revoked(lists: RevocationLists, *serials: int, issuer: Certificate = ISSUER) -> list[int]:
    return [serial for serial in serials if lists.find(issuer.authority, serial)[1] is not None]


@pytest.mark.parametrize("serial", [0, 1, 127, 128, 255, 256, (1 << 159) - 1, -5])
def test_a_number_is_found_whatever_its_length(lists: RevocationLists, serial: int) -> None:
    lists.keep(ISSUER, listing(serial, 1000, 1001))

    held, entry = lists.find(ISSUER.authority, serial)
    assert entry is not None
    assert (entry.serial, entry.since, entry.reason) == (serial, day("2026-05-01"), "key_compromise")
    assert [(item.this_update, item.next_update, item.number) for item in held] == [
        (day("2026-11-01"), day("2026-12-01"), 7)
    ]
    assert revoked(lists, serial + 1, serial + 256) == []
    assert revoked(lists, serial, issuer=STRANGER) == []


def test_looking_a_number_up_is_one_read(lists: RevocationLists, database: Database) -> None:
    lists.keep(ISSUER, listing(*range(1, 50)))
    lists.keep(ISSUER, listing(60, extensions=(issuing_point(tlv(0x81, b"\xff")),)))
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *given: statements.append(given[2]))

    held, entry = lists.find(ISSUER.authority, 7)
    assert (len(held), entry is not None, len(statements)) == (2, True, 1)
    assert lists.find(ISSUER.authority, 50)[1] is None
    assert len(statements) == 2


def test_a_list_replaces_the_one_of_its_centre_and_scope_only(lists: RevocationLists) -> None:
    address = issuing_point(tlv(0xA0, tlv(0xA0, tlv(0x86, b"http://a/1"))))
    lists.keep(ISSUER, listing(1, 2))
    lists.keep(ISSUER, listing(3, extensions=(address,)))
    lists.keep(STRANGER, listing(4, by=OTHER))
    lists.keep(ISSUER, listing(2, 5, start="2026-11-02"))

    assert revoked(lists, 1, 2, 3, 4, 5) == [2, 3, 5]
    assert revoked(lists, 4, issuer=STRANGER) == [4]
    whole = lists.held(ISSUER.authority, Scope())
    part = lists.held(ISSUER.authority, listing(extensions=(address,)).scope)
    assert whole is not None and whole.this_update == day("2026-11-02")
    assert part is not None and part.this_update == day("2026-11-01") and part.scope.points
    assert lists.held(ISSUER.authority, Scope(users=False)) is None
    assert [(item.issuer, item.entries) for item in lists.listed()] == [("Другой", 1), ("УЦ", 1), ("УЦ", 2)]


def test_a_number_listed_twice_is_one_entry(lists: RevocationLists) -> None:
    lists.keep(ISSUER, listing(1, 1))
    assert revoked(lists, 1) == [1]


def test_others_may_write_while_a_list_goes_in(database: Database, clock: StillClock) -> None:
    """Between the small transactions the database is free, and what is not whole yet does not count."""
    seen: list[list[int]] = []
    texts = dict.fromkeys(("authority", "issuer", "fingerprint", "number"), "")
    moments = dict.fromkeys(("this_update", "next_update", "taken_at"), clock())
    row = {**texts, **moments, "state": "other", "scope": {}, "size": 0, "entries": 0}

    def write(_seconds: float) -> None:
        with database.engine.connect() as other:
            if database.is_sqlite:
                other.exec_driver_sql("PRAGMA busy_timeout=0").close()
            other.execute(insert(RevocationListRow), row)
        seen.append(revoked(RevocationLists(database, clock), 0, 1, 4_000))

    RevocationLists(database, clock, 0).keep(ISSUER, listing(1))
    RevocationLists(database, clock, 0.01, write).keep(ISSUER, listing(0, *range(2, 4_500), start="2026-11-02"))
    assert seen == [[1]] * 5 + [[0, 4_000]]  # five batches in, one batch of the old list out


def test_what_a_dead_process_left_is_swept_up_later(lists: RevocationLists, clock: StillClock) -> None:
    def die(_seconds: float) -> None:
        raise KeyboardInterrupt

    lists.keep(ISSUER, listing(1))
    with pytest.raises(KeyboardInterrupt):
        RevocationLists(lists.database, clock, 0, die).keep(ISSUER, listing(2))
    assert revoked(lists, 1, 2) == [1]

    def rows(table: str) -> int:
        with lists.database.connection() as connection:
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())

    lists.sweep()
    assert (rows("revocation_lists"), rows("revoked_certificates")) == (2, 2)  # it may still be at work
    clock.move(hours=25)
    lists.sweep()
    assert (rows("revocation_lists"), rows("revoked_certificates")) == (1, 1)


def test_a_source_remembers_its_mark_and_its_last_good_try(database: Database, clock: StillClock) -> None:
    sources = ListSources(database, clock)
    assert sources.mark("http://a/1") is None
    sources.bad("http://a/1", "unreachable", "OSError")
    assert (sources.mark("http://a/1"), sources.all()[0].good_at) == (None, None)
    sources.good("http://a/1", "taken", '"1"')
    good_at = clock()
    clock.move(hours=1)
    sources.bad("http://a/1", "refused", "signature.list_older")

    (only,) = sources.all()
    assert sources.mark("http://a/1") == '"1"'
    assert (only.outcome, only.code) == ("refused", "signature.list_older")
    assert (only.good_at, only.tried_at - good_at) == (good_at, timedelta(hours=1))
    sources.good("http://a/1", "taken", None)
    assert sources.mark("http://a/1") is None


def test_without_a_list_of_centres_there_is_none(database: Database, clock: StillClock) -> None:
    assert TrustLists(database, clock).last_good() is None
    assert TrustLists(database, clock).taken_at() is None
