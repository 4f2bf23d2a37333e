"""Eight requests at once at two workers: a code gives tokens once, a refresh token has one successor, never a 500."""

from tests.wire.load import CALLERS, Portal, each

ROUNDS = 10


def test_of_eight_uses_of_a_code_one_is_answered_and_the_replay_ends_what_it_gave(portal: Portal) -> None:
    for _ in range(ROUNDS):
        told = each(portal.exchange, [portal.new_code(offline=True)] * CALLERS)

        assert sorted(answer.status for answer in told) == [200] + [400] * (CALLERS - 1)
        assert {answer.body["error"] for answer in told if answer.status == 400} == {"invalid_grant"}
        first = next(answer.body for answer in told if answer.status == 200)
        assert portal.refresh(first["refresh_token"]).body["error"] == "invalid_grant"
        assert not portal.active(first["access_token"])


def test_every_answer_to_a_refresh_token_carries_the_same_successor(portal: Portal) -> None:
    token = portal.exchange(portal.new_code(offline=True)).body["refresh_token"]
    for _ in range(ROUNDS):
        told = each(portal.refresh, [token] * CALLERS)

        assert {answer.status for answer in told} == {200}
        (successor,) = {answer.body["refresh_token"] for answer in told}
        assert successor != token
        assert len({answer.body["access_token"] for answer in told}) == CALLERS
        token = successor


def test_a_token_is_revoked_for_all_workers_at_once(portal: Portal) -> None:
    def revoke(token: str) -> int:
        return portal.post("/revoke", token=token).status

    for _ in range(ROUNDS):
        tokens = portal.exchange(portal.new_code(offline=True)).body
        assert set(each(revoke, [tokens["refresh_token"]] * CALLERS)) == {200}
        assert not any(each(portal.active, [tokens["access_token"]] * CALLERS))
