"""Sessions: found by the digest of the browser's secret, renewed under a new one, ended once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from idp.accounts.session import Session
from idp.kernel.ids import digest
from idp.store.sessions import Sessions


@pytest.fixture
def sessions(database, anna):
    return Sessions(database)


@pytest.fixture
def start(sessions, clock):
    def started(session_id, account_id="anna"):
        at = clock()
        session = Session(
            session_id, account_id, ("pwd",), at, at, at, at + timedelta(hours=12), 1800, True, "Firefox", "192.0.2.1"
        )
        sessions.start(session, digest(session_id))
        return session

    return started


def test_a_session_comes_back_by_its_secret_and_by_its_id(sessions, start):
    session = start("one")

    assert sessions.by_secret(digest("one")) == session == sessions.get("one")
    assert sessions.by_secret(digest("two")) is None
    assert sessions.get("two") is None


def test_authenticating_again_moves_auth_time_and_voids_the_old_secret(sessions, start, clock):
    session = start("one")
    clock.move(minutes=5)

    assert sessions.reauthenticated("one", ("pwd", "otp"), clock(), digest("new"))
    assert sessions.by_secret(digest("one")) is None
    assert sessions.by_secret(digest("new")) == replace(session, amr=("pwd", "otp"), auth_time=clock(), seen_at=clock())


def test_an_ended_session_is_not_renewed_nor_ended_again(sessions, start, clock):
    start("one")
    assert sessions.end("one", clock())
    assert not sessions.end("one", clock())
    assert not sessions.reauthenticated("one", ("pwd",), clock(), digest("new"))
    assert sessions.get("one").ended_at == clock()


def test_all_but_one_end_and_the_newest_come_first(sessions, start, clock):
    for name in ("one", "two", "three"):
        start(name)
        clock.move(seconds=1)
    sessions.touch("two", clock())

    assert {session.id for session in sessions.end_all("anna", clock(), but="two")} == {"one", "three"}
    assert sessions.end_all("anna", clock(), but="two") == []
    assert [session.id for session in sessions.of("anna", 2)] == ["three", "two"]
    assert sessions.get("two").seen_at == clock()


def test_a_closed_accounts_sessions_forget_browser_and_place(sessions, start):
    start("one")
    sessions.forget("anna")

    assert (sessions.get("one").browser, sessions.get("one").address) == ("", "")
