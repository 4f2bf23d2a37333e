"""A disk that is full: whoever writes is asked for a minute, nothing acknowledged is lost, and room mends it."""

from typing import Any

import pytest
from sqlalchemy import event, select

from idp.store.database import Database
from idp.store.tables.accounts import SessionRow
from tests.city import PERSON, City
from tests.visitor import PASSWORD, Visitor, text


class Disk:
    """Lets SQLite have as many pages as the file has already: it says itself then that the disk is full."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.full = False
        event.listen(database.engine, "checkout", self._limit)

    def _limit(self, connection, _record, _proxy) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0] if self.full else 1 << 30
        connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()

    def fill(self) -> None:
        """Take what is free inside the file too."""
        with self.database.engine.connect() as connection:
            connection.exec_driver_sql("VACUUM")
        self.full = True


@pytest.fixture
def disk(town: City) -> Disk:
    return Disk(town.flows.database)


def signs_in(visitor: Visitor) -> Any:
    """Return what is answered to name and password, in a browser of its own."""
    browser = visitor.another()
    return browser.press(browser.follow(browser.authorize()), login=f"{PERSON}@example.ru", password=PASSWORD)


def sessions(town: City) -> int:
    return len(town.flows.database.rows(select(SessionRow.id).where(SessionRow.account_id == PERSON)))


def test_a_full_disk_loses_nothing_and_room_mends_it(visitor: Visitor, town: City, disk: Disk):
    refresh = town.exchange(town.code(town.grant())).json["refresh_token"]
    before = sessions(town)
    disk.fill()

    # Until the last page is full, small things still fit in.
    acknowledged = 0
    while (answer := signs_in(visitor)).status_code == 303:
        acknowledged += 1
        assert acknowledged < 500
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "60"
    assert "minute" in text(answer)

    assert sessions(town) == before + acknowledged
    assert visitor.get("/sign-in").status_code == 200
    assert town.introspect(refresh)["active"]

    disk.full = False
    assert signs_in(visitor).status_code == 303
    assert town.refresh(refresh).status == 200
