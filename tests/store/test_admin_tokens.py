"""Administrators' tokens in the store: found by digest while they live, the last use noted, ended once."""

from datetime import timedelta

import pytest

from idp.accounts.admin_token import AdminToken
from idp.store.accounts import Accounts
from idp.store.admin_tokens import AdminTokens
from idp.store.database import Conflict, Database
from tests.conftest import StillClock


@pytest.fixture
def tokens(database: Database) -> AdminTokens:
    return AdminTokens(database)


def token(clock: StillClock, token_id: str = "t1", **changes) -> AdminToken:
    return AdminToken(
        **{"id": token_id, "name": "Ops", "made_by": "command-line", "account_id": "", "created_at": clock(), **changes}
    )


def test_a_token_is_found_by_its_digest_and_its_use_is_noted(tokens, clock):
    tokens.add(token(clock), "d1")
    clock.move(hours=1)

    assert tokens.live("d1", clock()).id == "t1"
    assert tokens.live("d2", clock()) is None
    assert tokens.get("t1").last_used_at == clock()


def test_the_last_use_is_written_once_a_minute(tokens, clock):
    tokens.add(token(clock), "d1")
    first = clock()
    tokens.live("d1", clock())
    clock.move(seconds=60)
    tokens.live("d1", clock())
    assert tokens.get("t1").last_used_at == first
    clock.move(seconds=1)
    tokens.live("d1", clock())
    assert tokens.get("t1").last_used_at == clock()


def test_an_expired_or_revoked_one_is_dead_and_listed(tokens, clock):
    tokens.add(token(clock, expires_at=clock() + timedelta(days=1)), "d1")
    tokens.add(token(clock, "t2"), "d2")

    assert tokens.revoke("t2", clock())
    assert not tokens.revoke("t2", clock())
    assert tokens.live("d2", clock()) is None
    assert tokens.live("d1", clock()) is not None
    clock.move(days=1)
    assert tokens.live("d1", clock()) is None
    assert [known.id for known in tokens.all()] == ["t1", "t2"]


def test_one_that_belongs_to_an_account_ends_with_it(tokens, clock, database, anna):
    tokens.add(token(clock, account_id=anna), "d1")
    tokens.add(token(clock, "t2", account_id="nobody"), "d2")
    assert tokens.live("d1", clock()) is not None
    assert tokens.live("d2", clock()) is None
    Accounts(database).close(anna, clock())

    assert tokens.live("d1", clock()) is None


def test_a_digest_stands_once(tokens, clock):
    tokens.add(token(clock), "d1")
    with pytest.raises(Conflict):
        tokens.add(token(clock, "t2"), "d1")
