"""What whoever is on call sees of keys, of what waits, and of the lists that signatures are judged by."""

from datetime import timedelta

from idp.flows.watch import Watch
from idp.store.list_sources import ListSources
from idp.store.outbox import Outbox
from idp.store.revocation_lists import RevocationLists
from idp.store.trust_lists import TrustLists
from tests.city import City
from tests.store.test_revocation_lists import ISSUER, day, listing


def test_lists_are_told_with_number_size_age_and_failures(city: City) -> None:
    database, now = city.flows.database, city.flows.now
    lists, sources = RevocationLists(database, now, rest_seconds=0), ListSources(database, now)
    watch = Watch(Outbox(database, now), city.flows.keys, lists, sources, TrustLists(database, now), now)

    def told() -> dict[str, float]:
        return {name: value for name, _, value in watch()}

    before = told()
    found = listing(1, 2)
    lists.keep(ISSUER, found)
    sources.bad("http://ca.test/list.crl", "unreachable", "list.unreachable")
    after = told()

    assert (before["idp_revocation_lists"], before["idp_list_sources_failing"]) == (0, 0)
    assert (after["idp_revocation_lists"], after["idp_list_sources_failing"]) == (1, 1)
    assert after["idp_revocation_lists_bytes"] == len(found.octets)
    assert after["idp_revocation_list_oldest_seconds"] == (now() - day("2026-11-01")).total_seconds()
    assert after["idp_revocation_lists_overdue"] == (now() >= day("2026-12-01"))
    assert after["idp_signing_key_age_seconds"] > timedelta(days=1).total_seconds()
