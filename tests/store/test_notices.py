"""Notices: newest first, unread until they are read, and nobody else's."""

from idp.store.database import Database
from idp.store.notices import Notices
from tests.conftest import StillClock


def test_a_notice_is_unread_until_its_person_has_read_all(database: Database, clock: StillClock):
    notices = Notices(database, clock)
    for account_id, kind in (("anna", "first"), ("anna", "second"), ("boris", "third")):
        notices.add(account_id, kind, {"name": "Анна"})
        clock.move(seconds=1)
    assert [notice.kind for notice in notices.of("anna")] == ["second", "first"]
    assert (notices.unread("anna"), notices.unread("boris")) == (2, 1)

    read_at = clock()
    notices.read("anna")
    clock.move(seconds=1)
    notices.read("anna")

    assert (notices.unread("anna"), notices.unread("boris")) == (0, 1)
    assert {notice.read_at for notice in notices.of("anna")} == {read_at}
    notices.drop_of("anna")
    assert notices.of("anna") == [] and notices.unread("boris") == 1
