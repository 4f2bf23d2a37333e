"""What a person lets a portal have, in the database."""

from concurrent.futures import ThreadPoolExecutor

from idp.accounts.consent import Sharing
from idp.store.sharings import Sharings


def test_a_permission_is_replaced_withdrawn_and_given_anew(database, clock, anna):
    sharings = Sharings(database)
    first = Sharing("anna", "app", frozenset({"email"}), frozenset(), clock())
    more = Sharing("anna", "app", frozenset({"email", "phone"}), frozenset({"gender"}), clock())

    sharings.give(first)
    assert sharings.get("anna", "app") == first
    sharings.give(more)
    assert sharings.of("anna") == [more]

    assert sharings.withdraw("anna", "app", clock())
    assert not sharings.withdraw("anna", "app", clock())
    withdrawn = sharings.get("anna", "app")
    assert withdrawn is not None and not withdrawn.covers(frozenset(), frozenset())

    sharings.give(first)
    assert sharings.get("anna", "app") == first
    assert sharings.get("boris", "app") is None


def test_the_same_button_in_two_tabs_gives_once(database, clock, anna):
    sharings = Sharings(database)
    sharing = Sharing("anna", "app", frozenset({"email"}), frozenset(), clock())

    def press(_: int) -> None:
        with database.together():
            sharings.give(sharing)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(press, range(8)))

    assert sharings.of("anna") == [sharing]
