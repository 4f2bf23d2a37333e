"""What a login judges by: the operator's roots, and the centres of whatever list is held at the moment."""

from dataclasses import replace

from idp.flows.verification.trust import CurrentTrust
from idp.signature.extensions import Period
from idp.signature.trust import Accreditation
from idp.signature.trust_list import Centre, ListedKey, TrustList
from idp.store.database import Database
from idp.store.trust_lists import TrustLists
from tests.signature.certificates import extension
from tests.signature.world import AT, CENTRE, World
from tests.signature.writer import day, seq, tlv

PERIODS = (Period(day("2021-01-01"), day("2022-01-01")), Period(day("2023-01-01"), None))
POINT = extension("2.5.29.31", seq(seq(tlv(0xA0, tlv(0xA0, tlv(0x86, b"http://root.example/root.crl"))))))


def listing(version: int, *certificates: bytes) -> TrustList:
    key = ListedKey(certificates, ("http://a.example/1.crl", "http://b.example/1.crl"))
    return TrustList(version, AT, (Centre("УЦ", "1027700900028", PERIODS, (key,)),), 100)


def test_a_list_that_was_taken_in_counts_within_seconds(world: World, database: Database) -> None:
    at, ticks = [AT], [0.0]
    shelf = TrustLists(database, lambda: at[0])
    own = replace(world.trust(), accreditation=Accreditation({}))
    current = CurrentTrust(own, shelf, (), lambda: ticks[0])
    assert current() == own

    shelf.keep(listing(1, world.centre.der, b"no certificate", world.centre.der))
    assert current() == own
    ticks[0] = 10
    trust = current()
    assert [item.octets for item in trust.intermediates] == [world.centre.der]
    assert trust.accreditation.periods[world.centre.fingerprint] == PERIODS * 2
    ticks[0] = 20
    assert current() is trust  # nothing is made again while the list stays

    at[0] = day("2026-11-25")
    shelf.keep(listing(2))
    ticks[0] = 30
    assert current().intermediates == ()


def test_an_older_list_does_not_replace_a_newer_one(world: World, database: Database) -> None:
    shelf = TrustLists(database, lambda: AT)
    shelf.keep(listing(2))
    shelf.keep(listing(1, world.centre.der))
    assert shelf.last_good() == listing(2)


def test_lists_are_fetched_from_where_centres_say_they_lie(world: World, database: Database) -> None:
    """From the list of centres, from the centres' own certificates, and from the settings."""
    centre = world.make_centre(extensions=(*CENTRE, POINT), serial=33)
    shelf = TrustLists(database, lambda: AT)
    shelf.keep(listing(1, centre.der))
    own = world.trust(intermediates=(world.centre,))
    current = CurrentTrust(own, shelf, ("http://a.example/1.crl", "http://c.example/1.crl"), lambda: 0.0)

    found = {address: {item.octets for item in centres} for address, centres in current.addresses()}
    assert found == {
        "http://a.example/1.crl": {world.root.der, world.centre.der, centre.der},
        "http://b.example/1.crl": {centre.der},
        "http://c.example/1.crl": {world.root.der, world.centre.der, centre.der},
        "http://root.example/root.crl": {world.root.der},
    }
